#!/bin/sh
# run_check.sh SOURCE FOLDER: R CMD check of the package in FOLDER, which must have nothing to say; its vignette is built by running
# it. (The tests are run_tests.sh's affair.) $FOREBAY_LIBRARY and $FOREBAY_LOADER are the built ones. 77: what it needs is missing.
set -eu
source=$1
folder=$2
for tool in R Rscript cc; do
  command -v "$tool" >/dev/null 2>&1 || { echo "$tool is missing: apt-get install r-base-core r-base-dev"; exit 77; }
done
for package in knitr markdown testthat; do
  Rscript -e "q(status = !requireNamespace('$package', quietly = TRUE))" || { echo "$package is missing: apt-get install r-cran-$package"; exit 77; }
done
rm -rf "$folder"
mkdir -p "$folder"
cp -r "$source" "$folder/forebay"
cd "$folder"
R CMD build forebay >build.log 2>&1 || { cat build.log; exit 1; }
# Why not forced: packages that only examples of other ways suggest may be missing.
export _R_CHECK_FORCE_SUGGESTS_=false
R CMD check --no-manual --no-tests --no-vignettes forebay_*.tar.gz >check.log 2>&1 || { cat check.log; exit 1; }
tail -n 2 check.log
grep -q '^Status: OK$' check.log || { cat check.log; exit 1; }
