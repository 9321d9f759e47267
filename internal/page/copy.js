// Puts a button beside each address that copies it. Without this script a click
// on an address selects the whole of it.
for (const address of document.querySelectorAll("code.address")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(address.textContent);
    } catch {
      // Browsers keep the clipboard from pages that came without TLS.
      getSelection().selectAllChildren(address);
      if (!document.execCommand("copy")) return;
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  address.after(button);
}
