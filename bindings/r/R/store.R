# Stores: tables of rows in one HDF5 file.

MODES <- c(a = 1, x = 2, w = 3, r = 4)
DURABILITIES <- c(full = 1, ordered = 2, none = 3)

fb_open <- function(path, mode = "a", durability = "full", commit_rows = 0, commit_bytes = 0, commit_seconds = 0) {
  if (!mode %in% names(MODES)) wrong("mode must be one of \"a\", \"x\", \"w\", \"r\"")
  if (!durability %in% names(DURABILITIES)) wrong("durability must be one of \"full\", \"ordered\", \"none\"")
  self <- new.env(parent = emptyenv())
  self$handle <- .Call(C_store_open, path.expand(path), list(
    mode = MODES[[mode]], durability = DURABILITIES[[durability]], commit_rows = commit_rows, commit_bytes = commit_bytes,
    commit_seconds = commit_seconds
  ))
  self$path <- path
  self$is_read <- mode == "r"
  self$is_open <- TRUE
  reg.finalizer(self, forgotten, onexit = TRUE)
  structure(list(self = self), class = "forebay_store")
}

# A store that is forgotten is abandoned: nobody has said that its rows are whole.
forgotten <- function(self) {
  if (!self$is_open) return(invisible())
  self$is_open <- FALSE
  .Call(C_store_close, self$handle, TRUE)
  if (!self$is_read) warning("the store ", self$path, " was never closed: rows since its last commit are lost; call fb_close()", call. = FALSE)
}

close_store <- function(store) {
  if (!store$self$is_open) return(invisible())
  store$self$is_open <- FALSE
  invisible(.Call(C_store_close, store$self$handle, FALSE))
}

fb_abandon <- function(store) {
  store$self$is_open <- FALSE
  invisible(.Call(C_store_close, store$self$handle, TRUE))
}

fb_commit <- function(store) invisible(.Call(C_store_commit, store$self$handle))
fb_commit_begin <- function(store) .Call(C_store_commit_begin, store$self$handle)
fb_commit_poll <- function(store, timeout = 0) .Call(C_store_commit_poll, store$self$handle, if (is.finite(timeout)) timeout else 1e15)
fb_refresh <- function(store) .Call(C_store_refresh, store$self$handle)
fb_verify <- function(store) .Call(C_store_verify, store$self$handle)
fb_tables <- function(store) .Call(C_store_tables, store$self$handle)
fb_recover <- function(path, accept_without_journal = FALSE) .Call(C_store_recover, path.expand(path), accept_without_journal)

fb_store_info <- function(path) .Call(C_store_info, path.expand(path))

fb_repack <- function(path, output = NULL, replace = FALSE) {
  .Call(C_store_repack, path.expand(path), if (is.null(output)) NULL else path.expand(output), replace)
}

names.forebay_store <- function(x) fb_tables(x)

fb_store_load <- function(store, files, dtype = NULL, ..., table = "data", resume = FALSE, table_options = list(), loader = NULL,
                          config = NULL) {
  files <- check_paths(files)
  if (is.null(dtype) && table %in% fb_tables(store)) dtype <- fb_info(fb_table(store, table))$dtype
  found <- completed(files, dtype, list(...))
  into <- do.call(fb_table, c(list(store, table, found$dtype), table_options))
  made <- new_loader(found$dtype, found$options, "array", "double", FALSE, loader, config)
  on.exit(fb_close(made))
  fb_add(made, files)
  invisible(.Call(C_table_append_loader, into$handle, made$self$handle, resume))
}

print.forebay_store <- function(x, ...) {
  cat("<forebay store ", x$self$path, if (x$self$is_open) paste0(": ", paste(fb_tables(x), collapse = ", ")) else ", closed", ">\n", sep = "")
  invisible(x)
}
