# The table of dialects (tests/conformance/dialects.jsonl): the same rows and errors as in C.

# Bits that R's strings and doubles show: a string's bytes, a double's, an integer's NA.
same_bits <- function(got, bits) {
  shown <- if (is.character(got)) charToRaw(got) else if (is.double(got)) writeBin(got, raw(), endian = "big")
  identical(toupper(paste(shown, collapse = "")), toupper(bits))
}

same_value <- function(got, wanted) {
  if (is.list(wanted) && !is.null(names(wanted))) return(same_bits(got, wanted$bits))
  if (inherits(got, "Date") || inherits(got, "POSIXct")) return(same_time(got, wanted))
  if (is.character(got)) return(identical(got, wanted))
  if (is.logical(got) || is.logical(wanted)) return(is.logical(got) && identical(got, wanted))
  wanted <- as.numeric(wanted)
  if (is.na(got) && !is.nan(got)) return(wanted == if (is.integer(got)) -2147483648 else -2^63)
  if (is.nan(wanted)) return(is.nan(got))
  # No bits of a double are lost on the way but those of integers beyond 2^53, which both sides round.
  identical(as.numeric(got), wanted)
}

same_time <- function(got, wanted) {
  if (wanted == "NaT") return(is.na(got))
  wanted <- sub("^(-?\\d{4,})$", "\\1-01-01", wanted)
  if (inherits(got, "Date")) return(identical(as.numeric(got), as.numeric(as.Date(wanted))))
  abs(as.numeric(got) - as.numeric(as.POSIXct(sub("T", " ", wanted), tz = "UTC", format = "%Y-%m-%d %H:%M:%OS"))) < 1e-6 * max(1, abs(as.numeric(got)) * 1e-9)
}

same_cell <- function(column, row, wanted, type) {
  values <- if (is.null(dim(column))) column[row] else matrix(column, nrow(column))[row, ]
  if (grepl("f4", type)) wanted <- lapply(wanted, function(value) if (is.list(value)) value else single_of(value))
  if (is.null(dim(column))) return(same_value(values, if (grepl("f4", type)) wanted[[1]] else wanted))
  all(mapply(same_value, as.list(values), wanted))
}

single_of <- function(value) readBin(writeBin(as.numeric(value), raw(), size = 4), "double", size = 4)

fault_of <- function(case, rows, loader, failure) {
  types <- sub("^.*:", "", strsplit(gsub("\\[[0-9,]*\\]", "", case$dtype), ",")[[1]])
  got <- do.call(rbind, lapply(rows, function(part) part[seq_len(nrow(part)), , drop = FALSE]))
  count <- if (is.null(got)) 0 else nrow(got)
  if (count != length(case$rows)) return(paste(count, "rows, not", length(case$rows)))
  for (row in seq_len(count)) {
    for (column in seq_along(got)) {
      if (!same_cell(got[[column]], row, case$rows[[row]][[column]], types[column])) return(paste("row", row, "column", column, "is", format(got[[column]][row])))
    }
  }
  facts <- fb_source(loader, 1)
  if (facts$truncated != if (is.null(case$truncated)) 0 else case$truncated) return(paste(facts$truncated, "strings cut"))
  if (facts$skipped != if (is.null(case$skipped)) 0 else case$skipped) return(paste(facts$skipped, "rows passed over"))
  rejects <- fb_rejects(loader)
  wanted <- lapply(case$rejects, function(reject) paste(unlist(reject), collapse = " "))
  shown <- paste(rejects$code, rejects$line, rejects$column, rejects$byte)
  if (nrow(rejects) != length(wanted) || !all(shown == unlist(wanted))) return(paste("rejects", shown, collapse = ", "))
  fault_of_failure(case$error, failure)
}

fault_of_failure <- function(wanted, failure) {
  if (is.null(wanted)) return(if (is.null(failure)) NULL else paste("fails:", conditionMessage(failure)))
  if (is.null(failure)) return("does not fail")
  got <- list(status = failure$code, line = failure$line, column = failure$column, byte = failure$byte)
  for (key in setdiff(names(wanted), "says")) {
    value <- got[[key]]
    if (is.na(value)) value <- 0
    if (value != wanted[[key]]) return(paste(key, "is", value, "not", wanted[[key]]))
  }
  if (!is.null(wanted$says) && !grepl(wanted$says, conditionMessage(failure), fixed = TRUE)) return(conditionMessage(failure))
  NULL
}

run_case <- function(case, number, path) {
  options <- case$options
  if ("quote" %in% names(options) && is.null(options$quote)) options$quote <- FALSE
  if (is.null(options$batch_rows)) options$batch_rows <- 3
  way <- if (number %% 2 == 1) list(children = 1) else list(children = 2, split_bytes = 5)
  writeBin(if (is.null(case$bytes)) charToRaw(enc2utf8(case$input)) else as.raw(utf8ToInt(case$bytes)), path)
  loader <- do.call(fb_load, c(list(path, case$dtype), options, way))
  on.exit(fb_close(loader))
  rows <- list()
  failure <- NULL
  repeat {
    part <- tryCatch(suppressWarnings(fb_next(loader)), forebay_error = identity)
    if (is.null(part)) break
    if (inherits(part, "condition")) failure <- part else rows <- c(rows, list(part))
  }
  fault_of(case, rows, loader, failure)
}

HAS_NUL <- "commas: NUL byte is text"

test_that("every case gives its rows or its error", {
  skip_if_not_installed("jsonlite")
  lines <- readLines(file.path(root(), "tests", "conformance", "dialects.jsonl"), encoding = "UTF-8")
  cases <- Filter(function(case) !is.null(case$name), lapply(lines, jsonlite::fromJSON, simplifyVector = FALSE))
  path <- tempfile(fileext = ".txt")
  expect_gte(length(cases), 150)
  # R has no strings with a NUL inside, so its JSON has none: this case is passed over by name.
  expect_true(HAS_NUL %in% vapply(cases, `[[`, "", "name"))
  for (number in seq_along(cases)) {
    case <- cases[[number]]
    if (case$name == HAS_NUL) next
    if (!is.null(case$refused)) {
      failure <- tryCatch(do.call(fb_load, c(list(path, case$dtype), case$options)), error = identity)
      expect_s3_class(failure, "forebay_argument_error")
      expect_true(grepl(case$refused, conditionMessage(failure), fixed = TRUE), label = paste0(case$name, ": ", conditionMessage(failure)))
    } else {
      fault <- run_case(case, number, path)
      expect_true(is.null(fault), label = paste0(case$name, ": ", fault))
    }
  }
})
