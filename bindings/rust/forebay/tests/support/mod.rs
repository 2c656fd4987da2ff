//! What the tests share: the data, folders of their own, and rows read in the plainest way.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

forebay::row! {
    #[derive(Debug, PartialEq)]
    pub struct Site { pub chr: [u8; 10], pub pos: i32, pub pct: f32, pub c: i32, pub t: i32 }
}

forebay::row! {
    #[derive(Debug, PartialEq)]
    pub struct Place { pub chr: [u8; 10], pub pos: i32 }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(3)
        .expect("the project")
        .to_path_buf()
}

/// Two files of 20,000 rows, one of them compressed.
pub fn sample() -> Vec<PathBuf> {
    let data = root().join("tests/data");
    vec![
        data.join("imr90_r1.head.txt"),
        data.join("imr90_r2.head.txt.gz"),
    ]
}

/// The whole of the files where they can be had, otherwise the sample.
pub fn real_files() -> Vec<PathBuf> {
    let shared = root().join("../shared/data");
    let full = [1, 2].map(|i| shared.join(format!("imr90_r{i}.chr22.txt.gz")));
    if full.iter().all(|path| path.exists()) {
        full.to_vec()
    } else {
        sample()
    }
}

/// A folder that goes with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("forebay-rust-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn text_of(path: &Path) -> String {
    if path.extension().map_or(false, |end| end == "gz") {
        let done = Command::new("gzip").arg("-dc").arg(path).output().unwrap();
        return String::from_utf8(done.stdout).unwrap();
    }
    fs::read_to_string(path).unwrap()
}

/// The packed rows of a methylation file, by `str::parse`.
pub fn plain_rows(path: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    for line in text_of(path).lines() {
        let mut words = line.split_whitespace();
        let mut next = || words.next().expect("five columns");
        let mut chr = [0u8; 10];
        let name = next().as_bytes();
        chr[..name.len()].copy_from_slice(name);
        out.extend_from_slice(&chr);
        out.extend_from_slice(&next().parse::<i32>().unwrap().to_ne_bytes());
        out.extend_from_slice(&next().parse::<f32>().unwrap().to_ne_bytes());
        out.extend_from_slice(&next().parse::<i32>().unwrap().to_ne_bytes());
        out.extend_from_slice(&next().parse::<i32>().unwrap().to_ne_bytes());
    }
    out
}

/// FNV-1a.
pub fn hash_of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Whether an address lies in a mapping of anonymous shared memory.
pub fn is_shared<T>(address: *const T) -> bool {
    let address = address as usize;
    fs::read_to_string("/proc/self/maps")
        .unwrap()
        .lines()
        .any(|line| {
            let (first, last) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let end = |text| usize::from_str_radix(text, 16).unwrap();
            line.contains("memfd:") && (end(first)..end(last)).contains(&address)
        })
}

pub fn kill(pid: i32) {
    assert!(Command::new("kill")
        .args(["-9", &pid.to_string()])
        .status()
        .unwrap()
        .success());
}
