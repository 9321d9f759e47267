package serve

import (
	"container/list"
	"sync"
)

// kept is the memory for documents that the edition has on disk, as they were
// asked for last: their bytes, plain and compressed. It knows them by digest, so
// that an edition takes over from the one before what has not changed.
type kept struct {
	mu    sync.Mutex
	limit int64      // guarded by mu, as is the rest: bytes
	used  int64      // bytes
	order *list.List // of *copied, what was asked for last in front
	byKey map[copyKey]*list.Element
}

// copyKey names a document's bytes in a coding.
type copyKey struct{ digest, coding string }

// copied is what one document's bytes in one coding take.
type copied struct {
	key  copyKey
	made sync.Once
	body []byte // nil: the coding does not pay
	tag  string
	err  error
	size int64 // guarded by kept.mu: what is accounted for; 0 before it is made
}

// overhead is about what a copy takes beside its bytes.
const overhead = 300

func newKept() *kept { return &kept{order: list.New(), byKey: map[copyKey]*list.Element{}} }

// bound sets how many bytes may be kept.
func (k *kept) bound(limit int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.limit = limit
	k.shrink()
}

// get returns the copy with a key. When there is none, it is made, by one
// caller while the others wait. What was made with an error is not kept.
func (k *kept) get(key copyKey, make func() ([]byte, string, error)) *copied {
	k.mu.Lock()
	at, ok := k.byKey[key]
	if ok {
		k.order.MoveToFront(at)
	} else {
		at = k.order.PushFront(&copied{key: key})
		k.byKey[key] = at
	}
	k.mu.Unlock()
	c := at.Value.(*copied)
	c.made.Do(func() {
		c.body, c.tag, c.err = make()
		k.account(c)
	})
	return c
}

// account counts a copy that was made, and lets go of others for it.
func (k *kept) account(c *copied) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at, ok := k.byKey[c.key]
	if !ok || at.Value != c {
		return // let go meanwhile
	}
	if c.err != nil {
		k.remove(at)
		return
	}
	c.size = int64(len(c.body)) + overhead
	k.used += c.size
	k.shrink()
}

// shrink lets go of what was asked for the longest ago, until there is room. The
// caller has the lock.
func (k *kept) shrink() {
	for k.used > k.limit && k.order.Len() > 0 {
		k.remove(k.order.Back())
	}
}

func (k *kept) remove(at *list.Element) {
	c := k.order.Remove(at).(*copied)
	delete(k.byKey, c.key)
	k.used -= c.size
}
