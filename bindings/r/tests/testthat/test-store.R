new_store <- function(...) fb_open(tempfile(fileext = ".h5"), "x", ...)

test_that("frames come back from a table as they went in", {
  frame <- data.frame(
    s = c("chr1", "\u00e9", ""), i = c(1L, NA, -5L), d = c(pi, NA, Inf), b = c(TRUE, FALSE, TRUE),
    day = as.Date("2026-11-23") + 0:2, time = as.POSIXct(c(0, 0.25, NA), origin = "1970-01-01", tz = "UTC")
  )
  for (layout in c("rows", "columns")) {
    store <- new_store()
    table <- fb_table(store, "run1/data", frame, layout = layout, compression = 4, shuffle = TRUE)
    fb_append(table, frame)
    fb_append(table, frame[c("d", "i", "s", "b", "time", "day")])
    fb_commit(store)
    expect_identical(fb_rows(table, 4), frame)
    expect_identical(fb_rows(table, 2, 3, columns = c("d", "s"))$s, c("\u00e9", "", "chr1"))
    expect_identical(dim(table), c(6, 6))
    expect_identical(names(table), names(frame))
    expect_identical(head(table, 1)$i, 1L)
    expect_identical(nrow(fb_rows(table, 7)), 0L)
    expect_identical(fb_tables(store), "run1/data")
    fb_close(store)
  }
})

test_that("what does not fit is refused whole, with column and row", {
  store <- new_store()
  table <- fb_table(store, "data", "s:S2,u:u1,i:i4")
  row <- function(s = "a", u = 1, i = 1) data.frame(s = c("a", s), u = c(1, u), i = c(1, i))
  for (bad in list(row(s = "abc"), row(u = 256), row(u = -1), row(i = 0.5), row(u = NA), row(s = NA), row(i = 2^31))) {
    expect_error(fb_append(table, bad), "row 2", class = "forebay_bad_value_error")
  }
  expect_error(fb_append(table, data.frame(s = "a", u = 1)), "no column i", class = "forebay_mismatch_error")
  expect_error(fb_append(table, data.frame(s = 1, u = 1, i = 1)), "column s", class = "forebay_mismatch_error")
  expect_identical(nrow(table), 0)
  big <- data.frame(s = "a", u = rep(1, 2e6), i = 1)
  big$u[2e6] <- 300
  expect_error(fb_append(table, big), "row 2000000", class = "forebay_bad_value_error")
  expect_identical(nrow(table), 0)
  fb_append(table, data.frame(s = factor("b"), u = TRUE, i = 2147483647))
  expect_identical(fb_rows(table), data.frame(s = "b", u = 1L, i = 2147483647L))
  fb_abandon(store)
})

test_that("integer64 goes in and out exactly", {
  skip_if_not_installed("bit64")
  store <- new_store()
  frame <- data.frame(l = bit64::as.integer64(c("9007199254740993", NA)))
  table <- fb_table(store, "data", frame)
  fb_append(table, frame)
  expect_identical(bit64::as.character.integer64(fb_rows(table, int64 = "integer64")$l), c("9007199254740993", NA))
  fb_close(store)
})

test_that("arrays are appended without a copy, and loads fill a table", {
  store <- new_store()
  rows <- fb_table(store, "rows", ROW, layout = "columns")
  loader <- fb_load(heads(), ROW, as = "array", batch_rows = fb_info(rows)$chunk_rows)
  while (!is.null(array <- fb_next(loader))) fb_append(rows, array)
  expect_identical(fb_store_load(store, heads(), ROW), 40000)
  fb_commit(store)
  expect_identical(fb_rows(rows), fb_rows(fb_table(store, "data")))
  expect_identical(fb_verify(store), 80000)
  expect_identical(fb_store_load(store, heads(), resume = TRUE), 0)
  expect_error(fb_store_load(store, written("x\n"), "a:i4", table = "bad"), class = "forebay_bad_value_error")
  fb_store_load(store, written("x\n1\n"), "a:i4", table = "some", on_error = "skip")
  expect_identical(fb_rejects(store)$line, 1)
  fb_close(store)
})

test_that("rows since the last commit are gone with a store that is abandoned or forgotten", {
  path <- tempfile(fileext = ".h5")
  store <- fb_open(path, "w")
  table <- fb_table(store, "data", "a:i4")
  fb_append(table, data.frame(a = 1:3))
  fb_commit(store)
  fb_append(table, data.frame(a = 4:6))
  fb_abandon(store)
  expect_error(fb_rows(table), class = "forebay_state_error")
  expect_identical(fb_recover(path), "replayed")
  code <- sprintf("library(forebay); fb_append(fb_table(fb_open('%s')), data.frame(a = 7L)); invisible(gc())", path)
  expect_match(paste(system2(file.path(R.home("bin"), "Rscript"), c("-e", shQuote(code)), stdout = TRUE, stderr = TRUE), collapse = " "), "never closed")
  store <- fb_open(path, "r")
  expect_identical(fb_rows(fb_table(store))$a, 1:3)
  expect_error(fb_append(fb_table(store), data.frame(a = 1L)), class = "forebay_state_error")
  fb_close(store)
  fb_close(store)
})

test_that("attributes are texts and numbers", {
  store <- new_store()
  table <- fb_table(store, "data", "a:i4")
  fb_set_attribute(table, "cells", "IMR90 \u00e9")
  fb_set_attribute(table, "dose", 2.5)
  expect_identical(fb_attributes(table), list(cells = "IMR90 \u00e9", dose = 2.5))
  expect_error(fb_set_attribute(table, "x", 1:2), class = "forebay_argument_error")
  fb_close(store)
})

test_that("the file is HDF5 that others read", {
  skip_if(!nzchar(Sys.which("h5dump")), "h5dump is missing")
  path <- tempfile(fileext = ".h5")
  store <- fb_open(path, "w")
  fb_append(fb_table(store, "data", "pos:i4"), data.frame(pos = 41:43))
  fb_close(store)
  expect_match(paste(system2("h5dump", path, stdout = TRUE), collapse = " "), "41.*42.*43")
})
