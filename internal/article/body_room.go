package article

import (
	"sync"

	"golang.org/x/net/html"
)

// room is what a body takes while it is made and leaves behind when its text is
// written: one room after the other makes half of the garbage of a site. Nothing
// that is handed out points into it.
type room struct {
	source []byte // what goldmark reads
	markup []byte // what it writes
	nodes  []html.Node
	attrs  []html.Attribute
	shown  []byte // the tree, written
	plain  []byte // its text
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// mostRoomed is how many bytes a room may have for being used again.
const mostRoomed = 1 << 20

// leave gives the room back for another body.
func (r *room) leave() {
	if cap(r.source)+cap(r.markup)+cap(r.shown)+cap(r.plain) > mostRoomed {
		return
	}
	// What the tree was made of must not be kept by the room.
	clear(r.nodes)
	clear(r.attrs)
	r.nodes, r.attrs = r.nodes[:0], r.attrs[:0]
	rooms.Put(r)
}

// mostNodes and mostAttrs is how many are allocated together.
const (
	mostNodes = 512
	mostAttrs = 128
)

// node returns a new node. Those before stay where they are.
func (r *room) node(t html.NodeType, data string) *html.Node {
	if len(r.nodes) == cap(r.nodes) {
		r.nodes = make([]html.Node, 0, mostNodes)
	}
	r.nodes = append(r.nodes, html.Node{Type: t, Data: data})
	return &r.nodes[len(r.nodes)-1]
}
