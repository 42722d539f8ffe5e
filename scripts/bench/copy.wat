;; The least that pooling does to memory: threads take rows, and of each row
;; $reads bytes are loaded and $writes bytes stored, both multiples of 64. What
;; is not stored is combined by xor, so that no load is left out.
(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run")
    (param $rows i32) (param $from i32) (param $to i32)
    (param $reads i32) (param $writes i32)
    (local $row i32)
    (local $source i32) (local $source_end i32)
    (local $target i32) (local $target_end i32)
    (local $rest v128)
    (loop $take
      ;; The word "next" of copy_words.ts.
      (local.set $row (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
      (if (i32.ge_u (local.get $row) (local.get $rows)) (then (return)))
      (local.set $source
        (i32.add (local.get $from) (i32.mul (local.get $row) (local.get $reads))))
      (local.set $target
        (i32.add (local.get $to) (i32.mul (local.get $row) (local.get $writes))))
      (local.set $source_end (i32.add (local.get $source) (local.get $reads)))
      (local.set $target_end (i32.add (local.get $target) (local.get $writes)))

      (block $copied
        (loop $copy
          (br_if $copied (i32.ge_u (local.get $source) (local.get $source_end)))
          (br_if $copied (i32.ge_u (local.get $target) (local.get $target_end)))
          (v128.store (local.get $target) (v128.load (local.get $source)))
          (v128.store offset=16 (local.get $target)
            (v128.load offset=16 (local.get $source)))
          (v128.store offset=32 (local.get $target)
            (v128.load offset=32 (local.get $source)))
          (v128.store offset=48 (local.get $target)
            (v128.load offset=48 (local.get $source)))
          (local.set $source (i32.add (local.get $source) (i32.const 64)))
          (local.set $target (i32.add (local.get $target) (i32.const 64)))
          (br $copy)))

      ;; Where a row reads more than it writes.
      (block $loaded
        (loop $load
          (br_if $loaded (i32.ge_u (local.get $source) (local.get $source_end)))
          (local.set $rest
            (v128.xor (local.get $rest)
              (v128.xor
                (v128.xor
                  (v128.load (local.get $source))
                  (v128.load offset=16 (local.get $source)))
                (v128.xor
                  (v128.load offset=32 (local.get $source))
                  (v128.load offset=48 (local.get $source))))))
          (local.set $source (i32.add (local.get $source) (i32.const 64)))
          (br $load)))

      ;; Where it writes more than it reads.
      (block $stored
        (loop $store
          (br_if $stored (i32.ge_u (local.get $target) (local.get $target_end)))
          (v128.store (local.get $target) (local.get $rest))
          (v128.store offset=16 (local.get $target) (local.get $rest))
          (v128.store offset=32 (local.get $target) (local.get $rest))
          (v128.store offset=48 (local.get $target) (local.get $rest))
          (local.set $target (i32.add (local.get $target) (i32.const 64)))
          (br $store)))

      ;; Bytes that nobody reads.
      (v128.store (i32.const 2048) (local.get $rest))
      (br $take))))
