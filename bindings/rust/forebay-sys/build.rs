//! Finds the shared library, in this order: `$FOREBAY_LIBRARY`, the folder of a conda environment, pkg-config, the folders that the
//! linker looks in.

use std::path::{Path, PathBuf};
use std::process::{exit, Command};
use std::{env, fs, os::unix::fs::symlink};

const NAME: &str = "libforebay.so";
const SONAME: &str = "libforebay.so.0";

fn main() {
    for variable in [
        "FOREBAY_LIBRARY",
        "CONDA_PREFIX",
        "PKG_CONFIG",
        "PKG_CONFIG_PATH",
        "LIBRARY_PATH",
        "DOCS_RS",
    ] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-lib=dylib=forebay");
    if env::var_os("DOCS_RS").is_some() {
        return;
    }
    match find() {
        Ok(folder) => {
            println!("cargo:rustc-link-search=native={}", folder.display());
            println!("cargo:libdir={}", folder.display());
        }
        Err(tried) => {
            eprintln!(
                "the library {NAME} was not found. Build and install it (make && sudo make install), \
                 or set FOREBAY_LIBRARY to its path. Tried: {tried}"
            );
            exit(1);
        }
    }
}

/// The folder to link from, or what was tried.
fn find() -> Result<PathBuf, String> {
    if let Some(given) = env::var_os("FOREBAY_LIBRARY") {
        return from_variable(Path::new(&given));
    }
    let mut tried = Vec::new();
    if let Some(prefix) = env::var_os("CONDA_PREFIX").filter(|prefix| !prefix.is_empty()) {
        let folder = Path::new(&prefix).join("lib");
        if folder.join(NAME).exists() {
            return Ok(folder);
        }
        tried.push(folder.display().to_string());
    }
    match pkg_config() {
        Ok(folder) => return Ok(folder),
        Err(failure) => tried.push(failure),
    }
    for folder in system_folders() {
        if folder.join(NAME).exists() {
            return Ok(folder);
        }
        tried.push(folder.display().to_string());
    }
    Err(tried.join("; "))
}

/// Why links of our own: the file may have any name, and what stands in `OUT_DIR` is found by `cargo run` and `cargo test`
/// without further settings.
fn from_variable(given: &Path) -> Result<PathBuf, String> {
    let file = if given.is_dir() {
        given.join(NAME)
    } else {
        given.to_path_buf()
    };
    let file = fs::canonicalize(&file)
        .map_err(|failure| format!("$FOREBAY_LIBRARY, {}: {failure}", file.display()))?;
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo:rerun-if-changed={}", file.display());
    for name in [NAME, SONAME] {
        let link = folder.join(name);
        let _ = fs::remove_file(&link);
        symlink(&file, &link).map_err(|failure| format!("{}: {failure}", link.display()))?;
    }
    Ok(folder)
}

fn pkg_config() -> Result<PathBuf, String> {
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let done = Command::new(&program)
        .args(["--variable=libdir", "forebay"])
        .output()
        .map_err(|failure| format!("{}: {failure}", program.to_string_lossy()))?;
    let folder = PathBuf::from(String::from_utf8_lossy(&done.stdout).trim());
    if done.status.success() && folder.join(NAME).exists() {
        return Ok(folder);
    }
    Err("pkg-config knows no forebay".into())
}

fn system_folders() -> Vec<PathBuf> {
    let given = env::var_os("LIBRARY_PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&given)
        .filter(|folder| !folder.as_os_str().is_empty())
        .collect();
    let machine = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    folders.push("/usr/local/lib".into());
    folders.push(format!("/usr/lib/{machine}-linux-gnu").into());
    folders.push("/usr/lib64".into());
    folders.push("/usr/lib".into());
    folders
}
