frames <- function(source, emit) {
  file <- file(source$path, "rb")
  on.exit(close(file))
  if (!identical(readBin(file, "raw", 8), charToRaw("INSTRUM1"))) stop("does not begin with INSTRUM1; it is no file of the instrument")
  repeat {
    values <- readBin(file, "double", source$config$block)
    if (length(values) == 0) break
    emit(data.frame(channel = seq_along(values), value = values))
  }
}

instrument_file <- function(values) written(c(charToRaw("INSTRUM1"), writeBin(values, raw())))

test_that("a function of R reads files in child processes, into frames and stores", {
  path <- instrument_file(as.double(1:2500))
  loader <- fb_load(c(path, path), "channel:i4,value:f8", loader = frames, config = list(block = 700), children = 1, batch_rows = 1000)
  rows <- list()
  while (!is.null(part <- fb_next(loader))) rows <- c(rows, list(part[seq_len(nrow(part)), ]))
  expect_identical(vapply(rows, nrow, 0L), c(1000L, 1000L, 500L, 1000L, 1000L, 500L))
  expect_identical(do.call(rbind, rows)$value, as.double(c(1:2500, 1:2500)))
  store <- fb_open(tempfile(fileext = ".h5"), "x")
  expect_identical(fb_store_load(store, path, "channel:i4,value:f8", loader = frames, config = list(block = 700), children = 1), 2500)
  text <- written(paste(1:3, c(0.5, 1.5, 2.5), collapse = "\n"))
  expect_identical(fb_store_load(store, text, "channel:i4,value:f8"), 3)
  expect_identical(fb_rows(fb_table(store))$value, c(as.double(1:2500), 0.5, 1.5, 2.5))
  fb_close(store)
})

test_that("an error in the function is the failure of that file", {
  loader <- fb_load(written("something else\n"), "channel:i4,value:f8", loader = frames, config = list(block = 10), children = 1)
  expect_error(fb_next(loader), "INSTRUM1; it is no file", class = "forebay_format_error")
})

test_that("notes of a child come to whoever loads, once", {
  talking <- function(source, emit) {
    source$log("the head is right")
    source$log(c("the clock was", "set back"), "warning")
    emit(data.frame(a = 1:3))
    source$log("never", "shout")
  }
  loader <- fb_load(numbers_file(1), "a:i4", loader = talking, children = 1)
  expect_identical(nrow(fb_notes(loader)), 0L)
  expect_identical(fb_next(loader)$a, 1:3)
  expect_error(fb_next(loader), "level must be one of", class = "forebay_argument_error")
  notes <- fb_notes(loader)
  expect_identical(notes$level, c("info", "warning"))
  expect_identical(notes$text, c("the head is right", "the clock was set back"))
  expect_identical(notes$source, c(1L, 1L))
  expect_true(all(notes$pid > 0 & notes$lost == 0))
  expect_identical(nrow(fb_notes(loader)), 0L)
})

test_that("a child of R that dies is replaced without a row lost or doubled", {
  flag <- tempfile()
  dying <- function(source, emit) {
    for (part in 1:4) {
      emit(data.frame(a = part * 1000L + 0:999))
      if (part == 3 && file.create(source$config$flag) && !file.exists(paste0(source$config$flag, ".died"))) {
        file.create(paste0(source$config$flag, ".died"))
        tools::pskill(Sys.getpid(), tools::SIGKILL)
      }
    }
  }
  loader <- fb_load(numbers_file(1), "a:i4", loader = dying, config = list(flag = flag), children = 1, batch_rows = 500)
  got <- integer()
  fb_each(loader, function(rows) got <<- c(got, rows$a))
  expect_true(file.exists(paste0(flag, ".died")))
  expect_identical(got, 1000:4999)
})

test_that("an interrupt ends the waiting, not the loader", {
  waiting <- function(source, emit) {
    # In its turn, so that nothing has to be timed: the parent waits for these rows.
    if (!file.exists(source$config$flag)) {
      file.create(source$config$flag)
      tools::pskill(source$config$parent, tools::SIGINT)
      while (!file.exists(source$config$go)) Sys.sleep(0.01)
    }
    emit(data.frame(a = 1:3))
  }
  config <- list(parent = Sys.getpid(), flag = tempfile(), go = tempfile())
  loader <- fb_load(numbers_file(1), "a:i4", loader = waiting, config = config, children = 1)
  outcome <- tryCatch(fb_next(loader, timeout = 60), interrupt = function(condition) "interrupted")
  expect_identical(outcome, "interrupted")
  file.create(config$go)
  expect_identical(fb_next(loader)$a, 1:3)
  expect_null(fb_next(loader))
})

test_that("a row of a bare type is a column named value", {
  expect_identical(fb_read(written("1.5\n2.5\n"), "f8"), data.frame(value = c(1.5, 2.5)))
  store <- fb_open(tempfile(fileext = ".h5"), "x")
  table <- fb_table(store, "data", "f4[2]")
  fb_append(table, data.frame(value = I(matrix(c(1, 2, 3, 4), 2))))
  expect_identical(unclass(fb_rows(table)$value), matrix(c(1, 2, 3, 4), 2))
  fb_close(store)
})
