package article

import (
	"bytes"
	"fmt"
	"strings"
)

// The libraries that read Markdown and HTML have no bounds of their own: 24 KB
// of a table can become 85 MB. What would cost out of proportion is found
// beforehand, in one pass over the lines, and refused.
const (
	mostCells       = 50_000      // of all tables: a row is filled up to the columns of its head
	mostPipes       = 2_000       // escaped, as they are in the cells of tables
	mostNesting     = 100         // of quotations and lists that begin in one line
	mostLinks       = 2_000       // in a block, between two blank lines
	mostDefinitions = 2_000       // of references and footnotes; each use looks through them
	mostEffort      = 200_000_000 // see effort
	mostAttributes  = 4096        // bytes in the braces behind a heading; each attribute looks through them
	mostQuotes      = 250_000     // quotation marks and apostrophes, each of which becomes a node
	mostElements    = 100_000     // of HTML, each of which takes some hundred bytes of memory
)

// effort is in proportion to the time that goldmark may take for a block with
// so many marks of emphasis, links and brackets: each is compared with those
// before it, a link or a bracket within brackets at six times the cost. Eight
// blocks of the most links reach the limit, or one block of 14,000 marks: half
// a second.
func effort(marks, links int, b brackets) int {
	return marks*marks + 6*links*links + b.closed*b.closed + 6*b.nested
}

// brackets counts those of a block.
type brackets struct {
	open, closed int
	nested       int // brackets around each that is closed, in all
}

func (b *brackets) count(line string) {
	for i := range len(line) {
		switch line[i] {
		case '[':
			b.open++
		case ']':
			if b.open > 0 {
				b.open--
				b.closed++
				b.nested += b.open
			}
		}
	}
}

// mostOutput is how many bytes of markup a source of n bytes may become.
func mostOutput(n int) int { return 8*n + 64<<10 }

// Error makes a Problem the error that [Article.Body] returns.
func (p Problem) Error() string { return p.String() }

// exceeds refuses a source that exceeds a limit. Of HTML the parser itself
// limits the depth, and the rest costs in proportion.
func (s source) exceeds() error {
	if s.format != Markdown || s.isModest() {
		return nil
	}
	return s.exceedsAt()
}

// isModest tells, from how often each mark stands in the whole, that a source can
// exceed no limit: that of most articles is found out in a tenth of the time.
func (s source) isModest() bool {
	count := func(mark string) int { return strings.Count(s.text, mark) }
	marks, open, closed := count("*")+count("_")+count("~"), count("["), count("]")
	if closed > min(mostLinks, mostDefinitions) || effort(marks, closed, brackets{closed: closed, nested: open * closed}) > mostEffort ||
		count("|") > 0 || count("}") > 0 || count("\n") >= mostCells || count(`"`)+count("'") > mostQuotes {
		return false
	}
	for line := range strings.Lines(s.text) {
		if nesting(strings.TrimRight(line, "\n")) > mostNesting {
			return false
		}
	}
	return true
}

// exceedsAt finds the line at which a source of Markdown exceeds a limit.
func (s source) exceedsAt() error {
	var (
		cells, columns      int // columns of the table that the line stands in
		marks, links, spent int // of the block; of all before it
		enclosed            brackets
		pipes, definitions  int
		braces              int // length of those at the end of the line before
		quotes              int
	)
	number := s.line
	for line := range strings.Lines(s.text) {
		line = strings.TrimRight(line, "\n")
		if strings.Trim(line, "> \t") == "" {
			spent += effort(marks, links, enclosed)
			columns, marks, links, enclosed = 0, 0, 0, brackets{}
		}
		marks += emphasisMarks(line)
		links += strings.Count(line, "](")
		enclosed.count(line)
		if !isSetextLine(line) {
			braces = bracesAtEnd(line)
		}
		pipes += strings.Count(line, `\|`)
		definitions += strings.Count(line, "]:")
		quotes += strings.Count(line, `"`) + strings.Count(line, "'")
		if columns == 0 {
			columns = delimiterColumns(line)
		}
		cells += columns

		refuse := func(code, text, hint string) error {
			return Problem{Line: number, Code: code, Text: text, Hint: hint}
		}
		switch {
		case nesting(line) > mostNesting:
			return refuse("nested-too-deep", fmt.Sprintf("quotations and lists are nested more than %d deep", mostNesting),
				"write them less deep, or as code")
		case cells > mostCells:
			return refuse("table-too-big", fmt.Sprintf("the tables have more than %d cells", mostCells),
				"split the article, or link to the table as a file")
		case pipes > mostPipes:
			return refuse("table-too-big", fmt.Sprintf("the tables have more than %d escaped pipes", mostPipes),
				"split the article, or link to the table as a file")
		case links > mostLinks:
			return refuse("too-many-links", fmt.Sprintf("a paragraph has more than %d links", mostLinks),
				"part it by empty lines")
		case definitions > mostDefinitions:
			return refuse("too-many-definitions", fmt.Sprintf("there are more than %d definitions of references and footnotes", mostDefinitions),
				"write the addresses into the links, or split the article")
		case braces > mostAttributes && (isHeadingLine(line) || isSetextLine(line)):
			return refuse("too-many-marks", fmt.Sprintf("the attributes of a heading take more than %d bytes", mostAttributes), "leave them out")
		case quotes > mostQuotes:
			return refuse("too-many-marks", fmt.Sprintf("there are more than %d quotation marks", mostQuotes), "split the article")
		case spent+effort(marks, links, enclosed) > mostEffort:
			return refuse("too-many-marks", "there are too many links, brackets and marks of emphasis between two empty lines",
				"part the text by empty lines, or mark it as HTML")
		}
		number++
	}
	return nil
}

// bracesAtEnd returns the length of what stands in braces at the end of a line.
func bracesAtEnd(line string) int {
	line = strings.TrimRight(line, " \t")
	if !strings.HasSuffix(line, "}") {
		return 0
	}
	return len(line) - max(0, strings.LastIndexByte(line, '{'))
}

func isHeadingLine(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, "> \t"), "#")
}

// isSetextLine tells a line that makes a heading of the one before.
func isSetextLine(line string) bool {
	line = strings.Trim(line, "> \t")
	return line != "" && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "")
}

// emphasisMarks counts the runs of *, _ and ~ in line.
func emphasisMarks(line string) int {
	n := 0
	for i := range len(line) {
		if c := line[i]; (c == '*' || c == '_' || c == '~') && (i == 0 || line[i-1] != c) {
			n++
		}
	}
	return n
}

// nesting counts the quotations and lists at the start of a line, each within
// the one before: those that begin there, and those that its indent can
// continue. It counts no further than past the limit.
func nesting(line string) int {
	depth := 0
	for depth <= mostNesting {
		text := strings.TrimLeft(line, " \t")
		switch n := listMarker(text); {
		case strings.HasPrefix(text, ">"):
			line = text[1:]
		case n > 0 && strings.Trim(text, text[:1]+" \t") != "": // else a thematic break: * * *
			depth += indent(line) / 2
			line = text[n:]
		default:
			return depth
		}
		depth++
	}
	return depth
}

// listMarker returns the length of the list marker at the start of line
// (CommonMark, section 5.2), 0 when there is none.
func listMarker(line string) int {
	n := 0
	for n < len(line) && n < 9 && '0' <= line[n] && line[n] <= '9' {
		n++
	}
	switch {
	case n == len(line):
		return 0
	case n == 0 && strings.IndexByte("-+*", line[0]) < 0:
		return 0
	case n > 0 && line[n] != '.' && line[n] != ')':
		return 0
	}
	n++
	if n < len(line) && line[n] != ' ' && line[n] != '\t' {
		return 0
	}
	return n
}

// delimiterColumns returns how many columns a table has whose delimiter row
// is line ("| --- | :-: |"), 0 when it is none.
func delimiterColumns(line string) int {
	line = strings.Trim(line, "> \t")
	if strings.Trim(line, "|-: \t") != "" || !strings.Contains(line, "-") {
		return 0
	}
	return strings.Count(strings.Trim(line, "|"), "|") + 1
}

// tooMuch refuses markup that has grown out of proportion to its source, or
// that has more elements than a tree of them can be afforded.
func (s source) tooMuch(markup []byte) error {
	most := mostOutput(len(s.text))
	if len(markup) <= most {
		if n := bytes.Count(markup, []byte("<")) - bytes.Count(markup, []byte("</")); n > mostElements {
			return Problem{Line: s.line, Code: "too-many-elements",
				Text: fmt.Sprintf("the body has more than %d paragraphs, links and other elements", mostElements),
				Hint: "split the article"}
		}
		return nil
	}
	return Problem{Line: s.line, Code: "body-too-big",
		Text: fmt.Sprintf("a body of %d bytes becomes more than %d bytes of HTML", len(s.text), most),
		Hint: "split the article"}
}
