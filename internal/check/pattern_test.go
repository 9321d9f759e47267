package check

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// TestPatterns compiles what would else be compiled only when a document needs
// it.
func TestPatterns(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, source := range sources {
		file, err := parser.ParseFile(gotoken.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "pattern" {
				return true
			}
			found++
			if _, err := regexp.Compile(literal(t, call.Args[0])); err != nil {
				t.Errorf("%s: %v", source, err)
			}
			return true
		})
	}
	if found < 25 {
		t.Errorf("got %d patterns, want all of them", found)
	}
}

// literal is the value of a string, written in one piece or in several.
func literal(t *testing.T, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return literal(t, e.X) + literal(t, e.Y)
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Fatalf("got %T as a pattern, want a string", e)
	return ""
}
