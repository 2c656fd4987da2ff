test_that("real rows are those that another reader sees", {
  for (path in samples()) {
    ours <- fb_read(path, ROW)
    theirs <- read.table(gzfile(path), sep = "\t", quote = "", comment.char = "",
                         colClasses = c("character", "integer", "numeric", "integer", "integer"), col.names = names(ours))
    expect_identical(ours[-3], theirs[-3])
    expect_identical(ours$pct, readBin(writeBin(theirs$pct, raw(), size = 4), "double", nrow(ours), size = 4))
    as_f8 <- fb_read(path, sub("pct:f4", "pct:f8", ROW))
    expect_identical(as_f8, theirs)
  }
})

test_that("fread of data.table sees the same rows", {
  skip_if_not_installed("data.table")
  path <- heads()[1]
  ours <- fb_read(path, sub("f4", "f8", ROW), as = "data.table")
  expect_s3_class(ours, "data.table")
  theirs <- data.table::fread(path, sep = "\t", header = FALSE, col.names = names(ours), nThread = 1)
  data.table::set(theirs, j = "pct", value = as.numeric(theirs[["pct"]]))
  expect_equal(ours, theirs, tolerance = 0)
})

test_that("integer, double and string columns are the shared memory until they are written to", {
  rows <- fb_read(written("chr1 7 1.5 1e300 9\nchr2 8 2.5 2e300 -9\n"), "s:S4,i:i4,f:f4,d:f8,l:i8", int64 = "integer64")
  expect_true(is_shared(rows$i))
  expect_true(is_shared(rows$d))
  expect_true(is_shared(rows$l))
  expect_false(is_shared(rows$f))
  expect_identical(sum(rows$i), 15L)
  expect_identical(rows$d * 2, c(2e300, 4e300))
  expect_true(is_shared(rows$i))
  kept <- rows$i
  rows$i[1] <- 70L
  expect_identical(rows$i, c(70L, 8L))
  expect_true(is_shared(kept))
  expect_false(is_shared(rows$i))
  expect_identical(kept, c(7L, 8L))
  rows$s[2] <- "changed"
  expect_identical(rows$s, c("chr1", "changed"))
})

test_that("two frames of one array do not see each other's changes", {
  loader <- fb_load(written("1\n2\n"), "a:i4", as = "array")
  array <- fb_next(loader)
  first <- as.data.frame(array)
  second <- as.data.frame(array)
  first$a[1] <- 9L
  expect_identical(second$a, 1:2)
  expect_identical(as.data.frame(array)$a, 1:2)
  expect_identical(dim(array), c(2L, 1L))
})

test_that("columns outlive their loader, also saved and copied", {
  rows <- fb_read(written("chr1 7\nchr2 8\n"), "s:S4,i:i4")
  gc()
  path <- tempfile()
  saveRDS(rows, path)
  expect_identical(readRDS(path), data.frame(s = c("chr1", "chr2"), i = 7:8))
  expect_identical(rows[2, "i"], 8L)
  expect_identical(rev(rows$s), c("chr2", "chr1"))
})

test_that("types that R lacks are widened", {
  text <- "-128 255 -32768 65535 4294967295 1 2026-11-23 2026-11-23T04:05:06 0.1\n"
  rows <- fb_read(written(text), "a:i1,b:u1,c:i2,d:u2,e:u4,f:?,g:M8[D],h:M8[ms],i:>f8")
  expect_identical(rows, data.frame(
    a = -128L, b = 255L, c = -32768L, d = 65535L, e = 4294967295, f = TRUE, g = as.Date("2026-11-23"),
    h = as.POSIXct("2026-11-23 04:05:06", tz = "UTC"), i = 0.1
  ))
})

test_that("integers that double cannot hold are rounded with a warning, or kept by integer64", {
  path <- written("9007199254740993\n-9223372036854775808\n")
  expect_warning(rows <- fb_read(path, "a:i8"), "2\\^53")
  expect_identical(rows$a, c(9007199254740992, NA))
  expect_silent(rows <- fb_read(path, "a:i8", int64 = "integer64"))
  expect_s3_class(rows$a, "integer64")
  skip_if_not_installed("bit64")
  expect_identical(bit64::as.character.integer64(rows$a), c("9007199254740993", NA))
})

test_that("the least i4 is R's NA, and fill makes missing values of both kinds", {
  rows <- fb_read(written("-2147483648,1\nNA,NA\n"), "a:i4,b:f8", sep = ",", na.strings = "NA", fill = list(i4 = NA, f8 = NA))
  expect_identical(rows, data.frame(a = c(NA, NA_integer_), b = c(1, NA)))
  expect_false(is.nan(rows$b[2]))
})

test_that("sub-arrays are matrices with a row each", {
  rows <- fb_read(written("1 1 2 3 4 5 6\n2 7 8 9 10 11 12\n"), "k:i4,t:i4[2,3]")
  expect_identical(dim(rows$t), c(2L, 2L, 3L))
  expect_identical(rows$t[1, 2, ], 4:6)
  expect_identical(rows$t[2, 1, ], 7:9)
})

test_that("strings are UTF-8 or bytes, and factors on demand", {
  rows <- fb_read(written("zebra\n\u00e9t\u00e9\nzebra\n"), "s:S8", sep = ",", encoding = "utf-8")
  expect_identical(rows$s, c("zebra", "\u00e9t\u00e9", "zebra"))
  rows <- fb_read(written("b\na\nb\n"), "s:S2", factors = TRUE)
  expect_identical(rows$s, factor(c("b", "a", "b")))
  rows <- fb_read(written("b\na\nb\n"), "s:S2", factors = list(s = c("b", "a")))
  expect_identical(levels(rows$s), c("b", "a"))
  bytes <- fb_read(written(as.raw(c(0x80, 0xfe, 0x0a))), "s:S2", sep = ",")$s
  expect_identical(Encoding(bytes), "bytes")
  expect_identical(charToRaw(bytes), as.raw(c(0x80, 0xfe)))
})

test_that("batches come in order and have the rows asked for", {
  paths <- c(numbers_file(25), numbers_file(10, first = 25))
  loader <- fb_load(paths, c(chr = "S10", pos = "i4"), batch_rows = 10, children = 2)
  sizes <- integer()
  positions <- integer()
  total <- fb_each(loader, function(rows) {
    sizes <<- c(sizes, nrow(rows))
    positions <<- c(positions, rows$pos)
  })
  expect_identical(sizes, c(10L, 10L, 5L, 10L))
  expect_identical(positions, 0:34)
  expect_identical(total, 35)
  expect_null(fb_next(loader))
})

test_that("several files are a list, and a file of comments has no rows", {
  found <- fb_read(c(numbers_file(2), written("# nothing\n")), "chr:S10,pos:i4", comment.char = "#")
  expect_identical(vapply(found, nrow, 0L), c(2L, 0L))
  expect_identical(names(found[[2]]), c("chr", "pos"))
})

test_that("a guess is loaded, and can be frozen", {
  path <- written(paste0("name;price;sold\n", paste0("item", 1:50, ";", 1:50, ",5;", 1:50 * 2, collapse = "\n"), "\n"))
  guess <- fb_sniff(path)
  expect_match(guess$dtype, "^name:S\\d+,price:f8,sold:i4$")
  expect_identical(guess$options$delimiter, ";")
  expect_output(print(guess), "dtype: name")
  rows <- fb_read(path)
  expect_identical(rows$price[1:2], c(1.5, 2.5))
  expect_identical(do.call(fb_read, c(list(path, guess), guess$options)), rows)
})
