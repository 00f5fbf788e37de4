#!/usr/bin/env node
// The door: finds a Node that can run WebAssembly guests (JSPI), builds a checkout that is out of date, goes in.
await import('../../dist/cli/main.js');
