;; A component by hand: WASI 0.2.0, standard output, exit with an error.
(component
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error-type))
  (import "wasi:io/streams@0.2.0"
    (instance $streams
      (export "output-stream" (type $stream (sub resource)))
      (alias outer 1 $error-type (type $error-inside))
      (export "error" (type $error-named (eq $error-inside)))
      (type $failure (variant (case "last-operation-failed" (own $error-named)) (case "closed")))
      (export "stream-error" (type $stream-error (eq $failure)))
      (export "[method]output-stream.blocking-write-and-flush"
        (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $stream-type))
  (import "wasi:cli/stdout@0.2.0"
    (instance $stdout
      (alias outer 1 $stream-type (type $stream-inside))
      (export "output-stream" (type $stream-named (eq $stream-inside)))
      (export "get-stdout" (func (result (own $stream-named))))))
  (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
  (core module $memory
    (memory (export "memory") 1)
    (data (i32.const 16) "hello from text\n"))
  (core instance $memory-instance (instantiate $memory))
  (core module $program
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (import "host" "exit" (func $exit (param i32)))
    (func (export "run") (result i32)
      (call $write (call $get-stdout) (i32.const 16) (i32.const 16) (i32.const 64))
      (call $exit (i32.const 1))
      (i32.const 0)))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $write
    (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
      (memory (core memory $memory-instance "memory"))))
  (core func $exit-lowered (canon lower (func $exit "exit")))
  (core instance $program-instance
    (instantiate $program
      (with "host"
        (instance
          (export "get-stdout" (func $get-stdout))
          (export "write" (func $write))
          (export "exit" (func $exit-lowered))))))
  (func $run (result (result)) (canon lift (core func $program-instance "run")))
  (instance $run-instance (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $run-instance)))
