package main

import (
	_ "embed"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

//go:embed help/articles.md
var articlesHelp string

//go:embed help/site.md
var siteHelp string

//go:embed help/systemd.md
var systemdHelp string

//go:embed help/theme.md
var themeHelp string

// helpTopic is a command that does nothing: `feedmill help NAME` prints text.
func helpTopic(name, short, text string) *cobra.Command {
	topic := &cobra.Command{Use: name, Short: short, Long: text}
	topic.SetHelpTemplate("{{.Long}}")
	return topic
}

func newVersion(stdout io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(stdout, "feedmill %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// version is what the Go toolchain stamped into the binary.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
