// Rust's own standard library: arguments, environment, files, directories, times, errors, an exit code.
use std::io::{BufRead, Read, Seek, SeekFrom, Write};
use std::{collections::HashMap, env, fs, io, process, time};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    println!("arguments {:?}", &arguments[1..]);
    println!("variable {}", env::var("GREETING").unwrap_or_default());

    let folder = "/tmp/rust";
    fs::create_dir_all(format!("{folder}/a/b"))?;
    fs::write(format!("{folder}/a/one"), "first line\nsecond line\n")?;
    let mut file = fs::OpenOptions::new().read(true).append(true).open(format!("{folder}/a/one"))?;
    writeln!(file, "third line")?;
    file.seek(SeekFrom::Start(6))?;
    let mut piece = [0; 4];
    file.read_exact(&mut piece)?;
    println!("piece {}", String::from_utf8_lossy(&piece));
    let lines = io::BufReader::new(fs::File::open(format!("{folder}/a/one"))?).lines().count();
    println!("lines {lines}");

    fs::rename(format!("{folder}/a/one"), format!("{folder}/a/b/two"))?;
    fs::hard_link(format!("{folder}/a/b/two"), format!("{folder}/three"))?;
    let about = fs::metadata(format!("{folder}/three"))?;
    println!("length {} file {}", about.len(), about.is_file());
    let age = about.modified()?.elapsed().unwrap_or_default();
    println!("recent {}", age < time::Duration::from_secs(60));
    let mut names: Vec<String> = fs::read_dir(folder)?.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    println!("names {names:?}");
    println!("missing {:?}", fs::read("/tmp/rust/none").unwrap_err().kind());
    println!("directory {:?}", fs::remove_file("/tmp/rust/a").is_err());
    fs::remove_dir_all(folder)?;
    println!("removed {}", !std::path::Path::new(folder).exists());

    let mut words = HashMap::new();
    for word in "a b a c a".split(' ') {
        *words.entry(word).or_insert(0) += 1;
    }
    println!("a {}", words["a"]);
    let before = time::Instant::now();
    std::thread::sleep(time::Duration::from_millis(250));
    println!("slept {}", before.elapsed() >= time::Duration::from_millis(250));
    if arguments.get(1).map(String::as_str) == Some("panic") {
        panic!("asked to");
    }
    process::exit(7);
}
