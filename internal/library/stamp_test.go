package library

import (
	"slices"
	"testing"
)

func TestStampsOfBeforeStayWhateverIsChangedInTheNext(t *testing.T) {
	for _, n := range []int{0, 1, piece - 1, piece, piece + 1, 3*piece + 7} {
		first := newStamps(n)
		for i := range n {
			first.at(i).size = int64(i)
		}
		var some []int
		for _, i := range []int{0, 1, piece - 1, piece, 2*piece + 1, n - 1} {
			if i >= 0 && i < n && !slices.Contains(some, i) {
				some = append(some, i)
			}
		}
		slices.Sort(some)
		next := first.but(some)
		for _, i := range some {
			next.at(i).size = -1
		}
		for i := range n {
			want := int64(i)
			if slices.Contains(some, i) {
				want = -1
			}
			if was, is := first.at(i).size, next.at(i).size; was != int64(i) || is != want {
				t.Fatalf("of %d, stamp %d was %d and is %d, want %d and %d", n, i, was, is, i, want)
			}
		}
	}
	first := newStamps(3 * piece)
	if next := first.but([]int{piece + 3}); &next[0][0] != &first[0][0] || &next[1][0] == &first[1][0] || &next[2][0] != &first[2][0] {
		t.Error("more, or less, is copied than the piece that changes")
	}
}
