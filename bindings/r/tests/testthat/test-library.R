# Each in an R of its own, as a package is loaded once.
load_with <- function(library) {
  command <- sprintf("FOREBAY_LIBRARY=%s %s -e 'library(forebay)' 2>&1", shQuote(library), shQuote(file.path(R.home("bin"), "Rscript")))
  paste(suppressWarnings(system(command, intern = TRUE)), collapse = " ")
}

test_that("a library that is missing, another one, or of another ABI is refused with what to do", {
  said <- load_with("/nowhere/libforebay.so.0")
  expect_match(said, "make && sudo make install.*FOREBAY_LIBRARY.*/nowhere/libforebay.so.0")
  expect_match(load_with("libm.so.6"), "libm.so.6: it has no forebay_version")
  skip_if(!nzchar(Sys.which("cc")), "cc is missing")
  code <- tempfile(fileext = ".c")
  other <- tempfile(fileext = ".so")
  writeLines("unsigned forebay_abi_version(void) { return 2; } const char *forebay_version(void) { return \"9.9\"; }", code)
  expect_identical(system2("cc", c("-shared", "-fPIC", "-o", other, code)), 0L)
  expect_match(load_with(other), "it is libforebay 9.9 with ABI 2, but this package needs ABI 1")
})

test_that("the library is looked for in the order that is told", {
  changed <- function(...) {
    before <- Sys.getenv(c("FOREBAY_LIBRARY", "CONDA_PREFIX", "PKG_CONFIG_PATH"), names = TRUE)
    Sys.setenv(...)
    before
  }
  folder <- function(...) {
    made <- file.path(tempfile("find"), ...)
    dir.create(made, recursive = TRUE)
    file.create(file.path(made, "libforebay.so.0"))
    made
  }
  package <- dirname(folder("lib"))
  conda <- dirname(folder("lib"))
  installed <- folder()
  writeLines(c(paste0("libdir=", installed), "Name: forebay", "Description: test", "Version: 0.1.0"), file.path(installed, "forebay.pc"))
  before <- changed(FOREBAY_LIBRARY = "", CONDA_PREFIX = conda, PKG_CONFIG_PATH = installed)
  on.exit(do.call(Sys.setenv, as.list(before)))
  places <- c(file.path(package, "lib"), file.path(conda, "lib"), if (nzchar(Sys.which("pkg-config"))) installed)
  expect_identical(forebay:::candidates(package), c(file.path(places, "libforebay.so.0"), "libforebay.so.0"))
  Sys.setenv(FOREBAY_LIBRARY = "/some/lib.so")
  expect_identical(forebay:::candidates(package), "/some/lib.so")
})

test_that("the library in use is told", {
  given <- Sys.getenv("FOREBAY_LIBRARY")
  if (nzchar(given)) expect_identical(normalizePath(fb_library()$path), normalizePath(given))
  expect_match(fb_library()$version, "^\\d+\\.\\d+")
})
