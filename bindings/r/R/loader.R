# Loaders: child processes parse files, data.frames come out.

AS <- c("data.frame", "data.table", "array")

new_loader <- function(dtype, options, as, int64, factors, loader, config) {
  own <- canonical(checked_names(options))
  of_loader <- in_c_form(own[!names(own) %in% FILE])
  of_loader$layout <- 2
  if (!is.null(loader)) of_loader <- c(of_loader, child_options(loader, config))
  self <- new.env(parent = emptyenv())
  self$handle <- .Call(C_loader_open, dtype, of_loader)
  self$dtype <- dtype
  self$file <- in_c_form(own[names(own) %in% FILE])
  self$form <- list(as = as, integer64 = int64_is_integer64(int64), factors = factors)
  structure(list(self = self), class = "forebay_loader")
}

int64_is_integer64 <- function(int64) match.arg(int64, c("double", "integer64")) == "integer64"

check_paths <- function(paths) {
  if (!is.character(paths) || length(paths) == 0 || anyNA(paths)) wrong("no files are given; give their paths as a character vector")
  path.expand(paths)
}

# The dtype that was given, or a guess from the first file, with the options that go with it.
completed <- function(files, dtype, options) {
  if (!is.null(dtype)) return(list(dtype = dtype_text(dtype), options = options))
  probe <- new_loader("u1", list(), "array", "double", FALSE, NULL, NULL)
  on.exit(fb_close(probe))
  fb_add(probe, files[1])
  known <- canonical(checked_names(options))
  guess <- do.call(fb_sniff, c(list(fb_paths(probe)[1]), known[names(known) %in% SNIFFED]))
  list(dtype = guess$dtype, options = c(known, guess$options[!names(guess$options) %in% names(known)]))
}

dtype_text <- function(dtype) {
  if (inherits(dtype, "forebay_sniff")) return(dtype$dtype)
  if (!is.character(dtype)) wrong("dtype must be text such as \"chr:S10,pos:i4\"")
  if (is.null(names(dtype))) paste(dtype, collapse = ",") else paste0(names(dtype), ":", dtype, collapse = ",")
}

fb_load <- function(files, dtype = NULL, ..., as = c("data.frame", "data.table", "array"), int64 = c("double", "integer64"),
                    factors = FALSE, loader = NULL, config = NULL) {
  as <- match.arg(as)
  files <- check_paths(files)
  found <- completed(files, dtype, list(...))
  made <- new_loader(found$dtype, found$options, as, int64, factors, loader, config)
  fb_add(made, files)
  made
}

fb_add <- function(loader, files, ...) {
  options <- c(in_c_form(canonical(checked_names(list(...)))), loader$self$file)
  options <- options[!duplicated(names(options))]
  sum(vapply(check_paths(files), function(path) .Call(C_loader_add, loader$self$handle, path, options), 0))
}

# The next array's handle; NULL at the end. When the quota is in use garbage is collected once, as frames that nobody refers to
# hold blocks until then.
next_array <- function(loader, timeout) {
  array <- .Call(C_loader_next, loader$self$handle, timeout, FALSE)
  if (is.logical(array) && is.na(array)) {
    gc()
    array <- .Call(C_loader_next, loader$self$handle, timeout, TRUE)
  }
  if (identical(array, FALSE)) fail(-51L, "FOREBAY_AGAIN", "no rows were ready within ", timeout, " seconds; call fb_next() again")
  if (is.null(array)) NULL else structure(list(handle = array, form = loader$self$form), class = "forebay_array")
}

fb_next <- function(loader, timeout = Inf) {
  array <- next_array(loader, if (is.finite(timeout)) timeout else 1e15)
  if (is.null(array) || loader$self$form$as == "array") array else in_form(array)
}

fb_each <- function(loader, fun, ...) {
  count <- 0
  while (!is.null(rows <- fb_next(loader))) {
    fun(rows, ...)
    count <- count + nrow(rows)
    rows <- NULL
  }
  invisible(count)
}

fb_read <- function(files, dtype = NULL, ..., as = c("data.frame", "data.table"), int64 = c("double", "integer64"),
                    factors = FALSE, loader = NULL, config = NULL) {
  as <- match.arg(as)
  files <- check_paths(files)
  found <- completed(files, dtype, list(...))
  if (is.null(canonical(found$options)$batch)) found$options$batch <- "source"
  made <- new_loader(found$dtype, found$options, as, int64, factors, loader, config)
  on.exit(fb_close(made))
  fb_add(made, files)
  parts <- lapply(fb_paths(made), function(path) NULL)
  while (!is.null(array <- next_array(made, 1e15))) {
    source <- .Call(C_array_facts, array$handle)$source
    parts[[source]] <- in_form(array)
  }
  empty <- vapply(parts, is.null, TRUE)
  parts[empty] <- lapply(parts[empty], function(none) finished(.Call(C_empty_frame, found$dtype, made$self$form$integer64), made$self$form))
  if (length(files) == 1 && length(parts) == 1) parts[[1]] else parts
}

fb_paths <- function(loader) .Call(C_loader_paths, loader$self$handle)
fb_cancel <- function(loader) invisible(.Call(C_loader_cancel, loader$self$handle))
fb_progress <- function(loader) .Call(C_loader_progress, loader$self$handle)
fb_memory <- function(loader) .Call(C_loader_memory, loader$self$handle)

fb_pids <- function(loader) {
  pids <- .Call(C_loader_pids, loader$self$handle)
  pids[pids > 0]
}

fb_source <- function(loader, index) {
  if (index < 1 || index > length(fb_paths(loader))) wrong("there is no file ", index)
  .Call(C_loader_source, loader$self$handle, as.integer(index) - 1L)
}

fb_close <- function(x) {
  if (inherits(x, "forebay_loader")) invisible(.Call(C_loader_close, x$self$handle)) else close_store(x)
}

print.forebay_loader <- function(x, ...) {
  cat("<forebay loader of", x$self$dtype, "rows>\n")
  invisible(x)
}
