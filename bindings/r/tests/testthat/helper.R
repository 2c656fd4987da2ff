# What the tests share. $FOREBAY_ROOT is the source tree; without it (R CMD check) tests of real rows are passed over.

ROW <- "chr:S10,pos:i4,pct:f4,c:i4,t:i4"

root <- function() {
  folder <- Sys.getenv("FOREBAY_ROOT")
  if (!nzchar(folder)) skip("$FOREBAY_ROOT is not set")
  normalizePath(folder)
}

samples <- function() {
  shared <- file.path(root(), "..", "shared", "data", c("imr90_r1.chr22.txt.gz", "imr90_r2.chr22.txt.gz"))
  if (all(file.exists(shared))) shared else file.path(root(), "tests", "data", c("imr90_r1.head.txt", "imr90_r2.head.txt.gz"))
}

heads <- function() file.path(root(), "tests", "data", c("imr90_r1.head.txt", "imr90_r2.head.txt.gz"))

written <- function(text, name = tempfile(fileext = ".txt")) {
  writeBin(if (is.raw(text)) text else charToRaw(enc2utf8(text)), name)
  name
}

numbers_file <- function(rows, first = 0) written(paste0("chr22\t", first + seq_len(rows) - 1, "\n", collapse = ""))

maps <- function() {
  lines <- grep("memfd:", readLines("/proc/self/maps"), value = TRUE)
  ends <- strsplit(sub(" .*", "", lines), "-")
  data.frame(low = vapply(ends, `[`, "", 1), high = vapply(ends, `[`, "", 2))
}

# Whether all values lie in one mapping of shared memory.
is_shared <- function(values) {
  address <- .Call(forebay:::C_address, values)
  if (is.na(address)) return(FALSE)
  pad <- function(hex) formatC(hex, width = 16, flag = "0")
  at <- gsub(" ", "0", pad(address))
  known <- maps()
  any(gsub(" ", "0", pad(known$low)) <= at & at < gsub(" ", "0", pad(known$high)))
}

blocks_lent <- function(loader) {
  gc()
  gc()
  fb_memory(loader)$blocks_lent
}

children <- function() {
  files <- file.path(list.files("/proc/self/task", full.names = TRUE), "children")
  unlist(lapply(files, function(file) scan(file, quiet = TRUE)))
}
