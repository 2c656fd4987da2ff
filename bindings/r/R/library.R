# Finds the shared library: $FOREBAY_LIBRARY alone if it is set; else a copy inside the package, the environment's own folder, what
# pkg-config knows, what the system's loader finds.

LIBRARY_NAME <- "libforebay.so.0"

pkg_config_folder <- function() {
  if (!nzchar(Sys.which("pkg-config"))) return(character())
  found <- suppressWarnings(system2("pkg-config", c("--variable=libdir", "forebay"), stdout = TRUE, stderr = FALSE))
  if (is.null(attr(found, "status"))) found[nzchar(found)] else character()
}

candidates <- function(package) {
  given <- Sys.getenv("FOREBAY_LIBRARY")
  if (nzchar(given)) return(given)
  prefix <- Sys.getenv("CONDA_PREFIX")
  folders <- c(file.path(package, "lib"), if (nzchar(prefix)) file.path(prefix, "lib"), pkg_config_folder())
  paths <- file.path(folders, LIBRARY_NAME)
  c(paths[file.exists(paths)], LIBRARY_NAME)
}

open_library <- function(paths) {
  tried <- character()
  for (path in paths) {
    reason <- .Call(C_open_library, path)
    if (is.null(reason)) return(invisible())
    tried <- c(tried, if (startsWith(reason, path)) reason else paste0(path, ": ", reason))
  }
  stop("the library ", LIBRARY_NAME, " was not found. Build and install it (make && sudo make install), or set FOREBAY_LIBRARY ",
       "to its path. Tried: ", paste(tried, collapse = "; "), call. = FALSE)
}

.onLoad <- function(libname, pkgname) open_library(candidates(file.path(libname, pkgname)))

fb_library <- function() {
  facts <- .Call(C_library_facts)
  list(path = facts[1], version = facts[2])
}
