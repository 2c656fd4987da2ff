test_that("a bad cell is a condition with file, line and column", {
  path <- written("chr1\t1\nchr1\tx2\n", file.path(tempdir(), "bad.txt"))
  failure <- tryCatch(fb_read(path, "chr:S10,pos:i4"), forebay_bad_value_error = identity)
  expect_s3_class(failure, c("forebay_bad_value_error", "forebay_error", "error"), exact = FALSE)
  expect_identical(failure$path, path)
  expect_identical(c(failure$line, failure$column, failure$source), c(2, 2, 1))
  expect_identical(failure$code, "FOREBAY_E_VALUE")
  expect_match(conditionMessage(failure), "x2")
})

test_that("a file that fails raises once in its turn, then the next comes", {
  loader <- fb_load(c("/nowhere/at/all.txt", numbers_file(3)), "chr:S10,pos:i4")
  expect_error(fb_next(loader), class = "forebay_not_found_error")
  expect_identical(fb_next(loader)$pos, 0:2)
  expect_null(fb_next(loader))
})

test_that("options that are wrong say so", {
  path <- numbers_file(1)
  expect_error(fb_load(path, "a:i4", delimeter = ","), "there is no option 'delimeter'", class = "forebay_argument_error")
  expect_error(fb_load(path, "a:i4", sep = ",", delimiter = ";"), "another option", class = "forebay_argument_error")
  expect_error(fb_load(path, "a:i4", on_error = "stop"), "fail, skip, null", class = "forebay_argument_error")
  expect_error(fb_load(path, "a:i4", children = -1), class = "forebay_argument_error")
  expect_error(fb_load(path, "a:q4"), class = "forebay_dtype_error")
  expect_error(fb_load(path, "a:i4", memory_bytes = 1), class = "forebay_argument_error")
  expect_error(fb_load(character(), "a:i4"), class = "forebay_argument_error")
})

test_that("bad rows can be passed over, and are listed", {
  path <- written("chr1 1\nchr1 x\nchr1 3\n")
  loader <- fb_load(path, "chr:S10,pos:i4", on_error = "skip")
  expect_identical(fb_next(loader)$pos, c(1L, 3L))
  expect_null(fb_next(loader))
  rejects <- fb_rejects(loader)
  expect_identical(rejects$line, 2)
  expect_identical(rejects$text, "chr1 x")
  expect_identical(fb_source(loader, 1)$skipped, 1)
})

test_that("a child that is killed is survived", {
  expected <- do.call(rbind, fb_read(heads(), ROW))
  loader <- fb_load(heads(), ROW, batch_rows = 1000, split_bytes = 50000, children = 2, memory_bytes = 2^20)
  got <- list(fb_next(loader)[, ])
  pids <- fb_pids(loader)
  expect_gt(length(pids), 0)
  tools::pskill(pids[1], tools::SIGKILL)
  while (!is.null(rows <- fb_next(loader))) got <- c(got, list(rows[seq_len(nrow(rows)), ]))
  got <- do.call(rbind, got)
  rownames(got) <- NULL
  expect_identical(got, expected)
  expect_gte(fb_progress(loader)$child_restarts, 1)
})

test_that("keeping every frame ends with what to do, and collected ones make room by themselves", {
  paths <- rep(numbers_file(20000), 40)
  loader <- fb_load(paths, "chr:S10,pos:i4", batch_rows = 10000, memory_bytes = 2^21)
  kept <- list()
  failure <- tryCatch(repeat kept <- c(kept, list(fb_next(loader))), forebay_full_error = identity)
  expect_s3_class(failure, "forebay_full_error")
  expect_match(conditionMessage(failure), "memory_bytes")
  count <- length(kept)
  kept <- NULL
  while (!is.null(fb_next(loader))) count <- count + 1
  expect_identical(count, 80)
})

test_that("no block is lent after garbage was collected", {
  loader <- fb_load(rep(numbers_file(100), 5), "chr:S10,pos:i4")
  while (!is.null(rows <- fb_next(loader))) stopifnot(nrow(rows) == 100, rows$chr[1] == "chr22")
  expect_identical(blocks_lent(loader), 0)
})

test_that("loads in a loop leave no descriptor, mapping or child", {
  good <- numbers_file(50)
  bad <- written("chr1 x\n")
  one <- function(number) {
    if (number %% 3 == 0) fb_read(good, "chr:S10,pos:i4", children = 1)
    if (number %% 3 == 1) fb_next(fb_load(rep(good, 3), "chr:S10,pos:i4", batch_rows = 10, children = 1))
    if (number %% 3 == 2) expect_error(fb_read(bad, "chr:S10,pos:i4", children = 1))
  }
  state <- function() {
    gc()
    gc()
    list(length(list.files("/proc/self/fd")), length(children()), nrow(maps()))
  }
  for (number in 1:6) one(number)
  before <- state()
  for (number in 1:60) one(number)
  expect_identical(state(), before)
})

test_that("a loader that is closed, cancelled or another process's says so", {
  loader <- fb_load(numbers_file(10), "chr:S10,pos:i4")
  in_fork <- parallel::mcparallel(tryCatch(fb_next(loader), error = function(e) class(e)[1]))
  expect_identical(parallel::mccollect(in_fork)[[1]], "forebay_state_error")
  fb_cancel(loader)
  expect_error(fb_next(loader), class = "forebay_cancelled_error")
  fb_close(loader)
  fb_close(loader)
  expect_error(fb_next(loader), class = "forebay_state_error")
})

test_that("nothing in time is an error of its own, and no rows are lost by it", {
  loader <- fb_load(numbers_file(10), "chr:S10,pos:i4")
  expect_error(fb_next(loader, timeout = 0), "within 0 seconds")
  expect_identical(fb_next(loader)$pos, 0:9)
})
