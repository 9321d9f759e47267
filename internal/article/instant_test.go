package article

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestAnInstantIsTheTimeThatItWasMadeOf(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	some := func() time.Time {
		at := time.Date(1+random.IntN(9000), 1, 1+random.IntN(365), 0, 0, random.IntN(86400), random.IntN(1000)*1e6, time.UTC)
		return at.In(time.FixedZone("", (random.IntN(2*14*60)-14*60)*60))
	}
	before := some()
	for range 10_000 {
		at := some()
		if random.IntN(10) == 0 {
			at = before.In(at.Location())
		}
		i, j := At(before), At(at)
		if got, want := j.InZone().Format(time.RFC3339Nano), at.Format(time.RFC3339Nano); got != want || j.String() != want || At(j.InZone()) != j {
			t.Fatalf("got %s, %v, want %s", got, j, want)
		}
		if got := j.Time(); !got.Equal(at) || got.Location() != time.UTC {
			t.Fatalf("got %v, want %v in UTC", got, at)
		}
		if got, want := j.Second().InZone().Format(time.RFC3339Nano), at.Truncate(time.Second).Format(time.RFC3339Nano); got != want {
			t.Fatalf("without its fraction: got %s, want %s", got, want)
		}
		if got, want := i.Compare(j), before.Compare(at); got != want || i.Before(j) != (want < 0) || i.After(j) != (want > 0) || i.Equal(j) != (want == 0) {
			t.Fatalf("%v compared with %v: got %d, want %d", i, j, got, want)
		}
		before = at
	}
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 3600), time.FixedZone("", -3600)} {
		if zero := At(time.Time{}.In(zone)); !zero.IsZero() || !zero.Time().IsZero() {
			t.Errorf("no time, by a clock of %v: got %v, want none", zone, zero)
		}
	}
	if At(time.Time{}) != 0 || At(time.Unix(0, 0)).IsZero() {
		t.Error("no time is not the zero value, or another one is none")
	}
}
