#!/bin/sh
# run_tests.sh SOURCE FOLDER: installs the package into FOLDER, from a copy as R builds in the sources, and runs its
# tests. $FOREBAY_LIBRARY and $FOREBAY_LOADER are the built ones. 77: R or what the tests need is missing.
set -eu
source=$1
folder=$2
for tool in R Rscript cc; do
  command -v "$tool" >/dev/null 2>&1 || { echo "$tool is missing: apt-get install r-base-core r-base-dev"; exit 77; }
done
Rscript -e 'q(status = !requireNamespace("testthat", quietly = TRUE))' || { echo "testthat is missing: apt-get install r-cran-testthat"; exit 77; }
rm -rf "$folder"
mkdir -p "$folder/library"
cp -r "$source" "$folder/package"
FOREBAY_INCLUDE=${FOREBAY_INCLUDE:-$source/../../include}
export FOREBAY_INCLUDE FOREBAY_ROOT="$source/../.."
R CMD INSTALL --no-docs --no-byte-compile -l "$folder/library" "$folder/package" >"$folder/install.log" 2>&1 || { cat "$folder/install.log"; exit 1; }
cd "$folder/package/tests"
R_LIBS="$folder/library" NOT_CRAN=true Rscript -e 'library(forebay); testthat::test_dir("testthat", reporter = "check", package = "forebay", load_package = "installed", stop_on_warning = TRUE)'
