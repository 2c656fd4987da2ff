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
  expect_identical(fb_rows(fb_table(store))$value, as.double(1:2500))
  fb_close(store)
})

test_that("an error in the function is the failure of that file", {
  loader <- fb_load(written("something else\n"), "channel:i4,value:f8", loader = frames, config = list(block = 10), children = 1)
  expect_error(fb_next(loader), "INSTRUM1; it is no file", class = "forebay_format_error")
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
