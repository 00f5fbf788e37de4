// Go's runtime: goroutines, channels, timers, garbage collection, files, JSON.
package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"
)

func main() {
	fmt.Println("arguments", os.Args[1:], "variable", os.Getenv("GREETING"))

	var wait sync.WaitGroup
	squares := make(chan int, 4)
	for i := 1; i <= 20; i++ {
		wait.Add(1)
		go func() { defer wait.Done(); squares <- i * i }()
	}
	go func() { wait.Wait(); close(squares) }()
	sum := 0
	for square := range squares {
		sum += square
	}
	fmt.Println("sum", sum)

	before := time.Now()
	select {
	case <-time.After(300 * time.Millisecond):
		fmt.Println("slept", time.Since(before) >= 300*time.Millisecond)
	}

	total := 0
	for i := 0; i < 200; i++ {
		total += len(strings.Repeat("x", 10_000))
	}
	fmt.Println("allocated", total)

	root := "/tmp/go"
	os.MkdirAll(filepath.Join(root, "a/b"), 0o755)
	os.WriteFile(filepath.Join(root, "a/one.json"), []byte(`{"name":"podstep","numbers":[1,2,3]}`), 0o644)
	os.Rename(filepath.Join(root, "a/one.json"), filepath.Join(root, "a/b/two.json"))
	os.Symlink("b/two.json", filepath.Join(root, "a/link"))
	var value struct {
		Name    string
		Numbers []int
	}
	content, err := os.ReadFile(filepath.Join(root, "a/link"))
	json.Unmarshal(content, &value)
	fmt.Println("json", value.Name, value.Numbers, err)
	var names []string
	filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		names = append(names, fmt.Sprintf("%s:%v", entry.Name(), entry.Type().IsDir()))
		return err
	})
	sort.Strings(names)
	fmt.Println("walked", names)
	_, err = os.Stat(filepath.Join(root, "none"))
	fmt.Println("missing", os.IsNotExist(err))
	fmt.Println("removed", os.RemoveAll(root))
	if len(os.Args) > 1 && os.Args[1] == "panic" {
		panic("asked to")
	}
	os.Exit(11)
}
