package main

import (
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"
)

const bareEnv = "FEEDMILL_BARE"

// TestBareServer is net/http alone, with the limits of `feedmill serve` and one
// document in memory, on the address in the environment. Without one there is
// nothing to test.
func TestBareServer(t *testing.T) {
	address := os.Getenv(bareEnv)
	if address == "" {
		return
	}
	body, err := os.ReadFile("feeds/rss.xml")
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := os.ReadFile("feeds/rss.xml.gz")
	if err != nil {
		t.Fatal(err)
	}
	const tag = `"1"`
	server := &http.Server{
		Addr:              address,
		ReadHeaderTimeout: 5 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    8 << 10,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("ETag", tag)
			h.Set("Cache-Control", "public, max-age=900")
			h.Set("Vary", "Accept-Encoding")
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			answer := body
			if r.Header.Get("Accept-Encoding") == "gzip" {
				h.Set("Content-Encoding", "gzip")
				answer = zipped
			}
			h.Set("Content-Type", "application/rss+xml; charset=utf-8")
			h.Set("Content-Length", strconv.Itoa(len(answer)))
			_, _ = w.Write(answer) // an error is the client's going away
		}),
	}
	t.Fatal(server.ListenAndServe())
}
