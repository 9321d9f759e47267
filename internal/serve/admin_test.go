package serve

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadyz(t *testing.T) {
	// A bubble begins at midnight on the first of January 2000.
	at := func(minute int) time.Time { return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC) }
	tests := []struct {
		name   string
		status Status
		code   int
		want   map[string]any
	}{
		{
			"before the first edition",
			Status{Next: at(61)},
			503,
			map[string]any{"state": "starting", "articles": 0., "problems": 0., "next_run": "2000-01-01T01:01:00Z"},
		},
		{
			"the first build failed",
			Status{Result: Failed, Ended: at(59), Error: "read articles: permission denied"},
			503,
			map[string]any{
				"state": "starting", "last_build": "failed", "last_build_at": "2000-01-01T00:59:00Z",
				"error": "read articles: permission denied", "articles": 0., "problems": 0.,
			},
		},
		{
			"all is well",
			Status{
				Edition: "7f3a91c2", Published: at(30), Result: Unchanged, Ended: at(59), Checked: at(59),
				Articles: 4, Problems: 2, Next: at(60), Due: at(75),
			},
			200,
			map[string]any{
				"state": "ok", "edition": "7f3a91c2", "edition_age_seconds": 1800., "last_build": "unchanged",
				"last_build_at": "2000-01-01T00:59:00Z", "checked_seconds_ago": 60., "articles": 4., "problems": 2.,
				"next_run": "2000-01-01T01:00:00Z",
			},
		},
		{
			"a guard holds the edition",
			Status{
				Edition: "7f3a91c2", Published: at(30), Result: Held, Ended: at(59), Checked: at(40),
				Error: "9 of 10 articles are gone",
			},
			200,
			map[string]any{
				"state": "held", "edition": "7f3a91c2", "edition_age_seconds": 1800., "last_build": "held",
				"last_build_at": "2000-01-01T00:59:00Z", "checked_seconds_ago": 1200., "articles": 0., "problems": 0.,
				"error": "9 of 10 articles are gone",
			},
		},
		{
			"a build failed, and the edition grows old",
			Status{
				Edition: "7f3a91c2", Published: at(30), Result: Failed, Ended: at(59), Checked: at(40),
				Failures: 2, Error: "no space left on device",
			},
			200,
			map[string]any{
				"state": "stale", "failed_builds": 2., "edition": "7f3a91c2", "edition_age_seconds": 1800., "last_build": "failed",
				"last_build_at": "2000-01-01T00:59:00Z", "checked_seconds_ago": 1200., "articles": 0., "problems": 0.,
				"error": "no space left on device",
			},
		},
		{
			"three builds failed",
			Status{
				Edition: "7f3a91c2", Published: at(30), Result: Failed, Ended: at(59), Checked: at(40),
				Failures: 3, Error: "no space left on device",
			},
			200,
			map[string]any{
				"state": "degraded", "failed_builds": 3., "edition": "7f3a91c2", "edition_age_seconds": 1800., "last_build": "failed",
				"last_build_at": "2000-01-01T00:59:00Z", "checked_seconds_ago": 1200., "articles": 0., "problems": 0.,
				"error": "no space left on device",
			},
		},
		{
			"a build does not come to an end",
			Status{
				Edition: "7f3a91c2", Published: at(30), Result: Unchanged, Ended: at(40), Checked: at(40),
				Articles: 4, Due: at(59),
			},
			200,
			map[string]any{
				"state": "stale", "edition": "7f3a91c2", "edition_age_seconds": 1800., "last_build": "unchanged",
				"last_build_at": "2000-01-01T00:40:00Z", "checked_seconds_ago": 1200., "articles": 4., "problems": 0.,
			},
		},
		{
			"published by a clock that was ahead",
			Status{Edition: "7f3a91c2", Published: at(90), Result: Published},
			200,
			map[string]any{
				"state": "ok", "edition": "7f3a91c2", "edition_age_seconds": 0., "last_build": "published", "articles": 0., "problems": 0.,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Hour)
				resp := get(Admin(func() Status { return tt.status }, nil), "GET", "/readyz")
				if resp.StatusCode != tt.code {
					t.Errorf("got %s, want %d", resp.Status, tt.code)
				}
				if got := resp.Header.Get("Content-Type"); got != "application/json" {
					t.Errorf("got the type %s, want application/json", got)
				}
				if got := resp.Header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("got Cache-Control %q, want no-store", got)
				}
				var got map[string]any
				if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("wanted -, got +:\n%s", diff)
				}
			})
		})
	}
}

func TestAdminPaths(t *testing.T) {
	starting := Admin(func() Status { return Status{} }, bytesOf(3))
	tests := []struct {
		method, path string
		code         int
		body         string
	}{
		{"GET", "/livez", 200, "ok\n"}, // also while nothing is served
		{"HEAD", "/livez", 200, ""},
		{"OPTIONS", "/livez", 204, ""},
		{"POST", "/livez", 405, "This can only be read.\n"},
		{"GET", "/metrics", 200, "..."},
		{"POST", "/metrics", 405, "This can only be read.\n"},
		{"POST", "/readyz", 405, "This can only be read.\n"},
		{"GET", "/", 404, "There is nothing here.\n"},
		{"GET", "/livez/", 404, "There is nothing here.\n"},
		{"GET", "/rss.xml", 404, "There is nothing here.\n"},
		{"GET", "/debug/pprof/", 404, "There is nothing here.\n"},
	}
	for _, tt := range tests {
		resp := get(starting, tt.method, tt.path)
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != tt.code || string(body) != tt.body {
			t.Errorf("%s %s: got %s and %q, want %d and %q", tt.method, tt.path, resp.Status, body, tt.code, tt.body)
		}
		if allowed := resp.Header.Get("Allow"); (tt.code == http.StatusMethodNotAllowed) && allowed != "GET, HEAD, OPTIONS" {
			t.Errorf("%s %s: got Allow %q, want GET, HEAD, OPTIONS", tt.method, tt.path, allowed)
		}
		// What operators see is not for pages of other sites.
		if got := resp.Header["Access-Control-Allow-Origin"]; got != nil {
			t.Errorf("%s %s: got Access-Control-Allow-Origin %q, want none", tt.method, tt.path, got)
		}
	}
}
