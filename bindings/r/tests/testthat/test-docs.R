# Every R example of the guide, the READMEs and the vignette runs: the blocks of a page one after the other in one environment, in a folder with
# rep1.txt, rep2.txt and rep2.txt.gz.

blocks <- function(lines) {
  begins <- grep("^```(r|\\{r\\})$", lines)
  ends <- grep("^```$", lines)
  lapply(begins, function(begin) lines[(begin + 1):(min(ends[ends > begin]) - 1)])
}

run_page <- function(page, section = NULL) {
  lines <- readLines(page, encoding = "UTF-8")
  if (!is.null(section)) {
    begin <- match(paste("##", section), lines)
    heads <- grep("^## ", lines)
    lines <- lines[begin:(min(heads[heads > begin]) - 1)]
  }
  folder <- tempfile("docs")
  dir.create(folder)
  first <- readLines(heads()[1], n = 3000)
  second <- readLines(heads()[2], n = 2000)
  writeLines(first, file.path(folder, "rep1.txt"))
  writeLines(second, file.path(folder, "rep2.txt"))
  out <- gzfile(file.path(folder, "rep2.txt.gz"), "w")
  writeLines(second, out)
  close(out)
  before <- setwd(folder)
  on.exit(setwd(before))
  names <- new.env(parent = globalenv())
  found <- blocks(lines)
  for (block in found) capture.output(source(exprs = parse(text = block), local = names, echo = FALSE))
  length(found)
}

test_that("the examples of the pages run", {
  expect_gte(run_page(file.path(root(), "docs", "guide", "r.md")), 12)
  expect_identical(run_page(file.path(root(), "bindings", "r", "README.md")), 1L)
  expect_identical(run_page(file.path(root(), "README.md"), "From R"), 1L)
  expect_identical(run_page(file.path(root(), "bindings", "r", "vignettes", "forebay.Rmd")), 4L)
})
