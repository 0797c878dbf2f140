//! Which file of a crate uses which, read from its `use` and from the paths in its code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::rust_files;

/// A module's names from the crate's root on: `["figure", "heatmap", "scale"]`.
type Module = Vec<String>;

/// A place in the crate: a module, and what is named inside it.
type Place = (Module, Vec<String>);

/// A crate's source files.
pub struct Files {
    /// By module: the file's path within `src`, and its code without comments and tests.
    sources: BTreeMap<Module, (String, String)>,
    /// What a module re-exports under a name.
    exports: BTreeMap<(Module, String), Place>,
}

impl Files {
    /// Every Rust file under `src`.
    pub fn read(src: &Path) -> Self {
        let mut files = Vec::new();
        rust_files(src, &mut files);
        Self::new(files.iter().map(|file| {
            let inside = file.strip_prefix(src).unwrap().to_str().unwrap().replace('\\', "/");
            (inside, fs::read_to_string(file).unwrap())
        }))
    }

    fn new(files: impl Iterator<Item = (String, String)>) -> Self {
        let sources = files.map(|(file, text)| (module(&file), (file, code(&text)))).collect();
        let mut all = Self { sources, exports: BTreeMap::new() };
        for (module, (_, code)) in &all.sources {
            for (path, name) in
                uses(code).into_iter().filter(|used| used.is_public).flat_map(|used| used.paths)
            {
                if let Some(place) = all.resolve(module, &path).filter(|(_, rest)| !rest.is_empty()) {
                    all.exports.insert((module.clone(), name), place);
                }
            }
        }
        all
    }

    /// The groups of files of one room that use each other in a circle, each group sorted.
    ///
    /// A `mod.rs` is its folder's interface: what the files below take from it is not counted.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let edges: BTreeMap<&Module, BTreeSet<Module>> =
            self.sources.keys().map(|module| (module, self.used_by(module))).collect();
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            edges.keys().map(|module| (*module, reachable(module, &edges))).collect();
        let mut circles = BTreeSet::new();
        for (module, others) in reached.iter().filter(|(module, others)| others.contains(*module)) {
            let circle = others.iter().filter(|other| reached[*other].contains(module));
            circles.insert(circle.map(|module| self.sources[*module].0.clone()).collect());
        }
        circles.into_iter().collect()
    }

    /// The files of its own room that a module's file uses.
    fn used_by(&self, module: &Module) -> BTreeSet<Module> {
        let code = &self.sources[module].1;
        let (imports, rest): (Vec<_>, String) = (uses(code), without_uses(code));
        let imported = imports.iter().filter(|used| !used.is_public).flat_map(|used| &used.paths);
        let in_code = paths(&rest);
        imported
            .map(|(path, _)| path)
            .chain(&in_code)
            .filter_map(|path| Some(self.origin(self.resolve(module, path)?).0))
            .filter(|used| used != module && used.first() == module.first())
            .filter(|used| !(module.starts_with(used) && self.sources[used].0.ends_with("mod.rs")))
            .collect()
    }

    /// Where a path that is written in `module` leads; `None` for one out of the crate.
    fn resolve(&self, module: &Module, path: &[String]) -> Option<Place> {
        let (first, mut rest) = path.split_first()?;
        let mut base = module.clone();
        match first.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                base.pop()?;
                while let Some(("super", after)) =
                    rest.split_first().map(|(name, after)| (name.as_str(), after))
                {
                    base.pop()?;
                    rest = after;
                }
            }
            child => {
                base.push(child.to_owned());
                self.sources.contains_key(&base).then_some(())?;
            }
        }
        base.extend(rest.iter().cloned());
        let longest = (0..=base.len()).rev().find(|n| self.sources.contains_key(&base[..*n]))?;
        let rest = base.split_off(longest);
        Some((base, rest))
    }

    /// The modules that a user of the crate can name: those that are `pub mod` from the root on.
    fn public_modules(&self) -> BTreeSet<Module> {
        let mut found = BTreeSet::new();
        let mut next = vec![Module::new()];
        while let Some(module) = next.pop() {
            let code = self.sources.get(&module).map_or("", |(_, code)| code);
            let names = code.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
            next.extend(names.map(|name| [module.as_slice(), &[name.to_owned()]].concat()));
            found.insert(module);
        }
        found
    }

    /// The items that a user of the crate can name in more than one way, each with its names.
    pub fn doubled(&self) -> Vec<Vec<String>> {
        let public = self.public_modules();
        let mut names: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
        let written =
            |module: &Module, name: &str| [module.as_slice(), &[name.to_owned()]].concat().join("::");
        for module in &public {
            let code = self.sources.get(module).map_or("", |(_, code)| code);
            let re_exports = uses(code).into_iter().filter(|used| used.is_everywhere);
            for (path, name) in re_exports.flat_map(|used| used.paths) {
                let Some(place) = self.resolve(module, &path) else { continue };
                let (origin, rest) = self.origin(place);
                let own = rest.first().filter(|_| public.contains(&origin)).map(|own| written(&origin, own));
                names
                    .entry((origin, rest))
                    .or_default()
                    .extend(own.into_iter().chain([written(module, &name)]));
            }
        }
        names.into_values().filter(|names| names.len() > 1).map(|names| names.into_iter().collect()).collect()
    }

    /// The module that defines what a path leads to, and its name there.
    fn origin(&self, (mut module, mut rest): Place) -> Place {
        for _ in 0..self.sources.len() {
            let Some(name) = rest.first() else { break };
            let Some((next, inside)) = self.exports.get(&(module.clone(), name.clone())) else { break };
            rest.splice(..1, inside.iter().cloned());
            module.clone_from(next);
        }
        (module, rest)
    }
}

fn reachable<'a>(from: &'a Module, edges: &'a BTreeMap<&Module, BTreeSet<Module>>) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for used in edges.get(module).into_iter().flatten() {
            if reached.insert(used) {
                next.push(used);
            }
        }
    }
    reached
}

/// The module of a file: `figure/heatmap/mod.rs` is `figure::heatmap`.
fn module(file: &str) -> Module {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// A file's text without its comment lines and its tests.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// A `use` of a source text.
struct Use {
    /// Seen outside its module: `pub`, or `pub(…)` of any kind.
    is_public: bool,
    /// Seen outside the crate, if its module is: `pub`.
    is_everywhere: bool,
    /// Each path with the name under which it is known.
    paths: Vec<(Vec<String>, String)>,
}

/// The statements of a code that begin with `use` or `pub… use`, with their place.
fn statements(code: &str) -> Vec<(std::ops::Range<usize>, bool, &str)> {
    let mut found = Vec::new();
    let mut next = 0;
    for line in code.split_inclusive('\n') {
        let begin = next + line.len() - line.trim_start().len();
        next += line.len();
        if begin == next {
            continue;
        }
        let text = &code[begin..];
        let (is_public, text) = match text.strip_prefix("pub") {
            None => (false, text),
            Some(rest) if rest.starts_with('(') => (true, rest.split_once(") ").map_or("", |(_, rest)| rest)),
            Some(rest) => (true, rest.trim_start()),
        };
        if let (Some(tree), Some(end)) = (text.strip_prefix("use "), text.find(';')) {
            let end = code.len() - text.len() + end;
            let tree = &tree[..end - (code.len() - tree.len())];
            // A line of a text may begin with the same word.
            if tree.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_:{},*".contains(c)) {
                found.push((begin..end, is_public, tree));
            }
        }
    }
    found
}

fn uses(code: &str) -> Vec<Use> {
    let read = |(place, is_public, tree): (std::ops::Range<usize>, _, _)| {
        let mut paths = Vec::new();
        expand("", tree, &mut paths);
        Use { is_public, is_everywhere: code[place].starts_with("pub use "), paths }
    };
    statements(code).into_iter().map(read).collect()
}

fn without_uses(code: &str) -> String {
    let mut rest = code.to_owned();
    for (place, _, _) in statements(code).into_iter().rev() {
        rest.replace_range(place, "");
    }
    rest
}

/// The paths of a tree such as `crate::{model::Round, scene::{Item, Scene as Picture}}`.
fn expand(before: &str, tree: &str, out: &mut Vec<(Vec<String>, String)>) {
    let tree = tree.trim();
    if let Some((stem, branches)) = tree.split_once('{') {
        let branches = branches.rsplit_once('}').map_or(branches, |(branches, _)| branches);
        let (mut depth, mut begin) = (0, 0);
        for (at, c) in branches.char_indices().chain([(branches.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    expand(&format!("{before}{stem}"), &branches[begin..at], out);
                    begin = at + 1;
                }
                _ => {}
            }
        }
    } else if !tree.is_empty() {
        let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name)));
        let path = format!("{before}{path}");
        let mut names: Vec<String> = path.split("::").map(|name| name.trim().to_owned()).collect();
        if names.len() > 1 && names.last().is_some_and(|last| last == "self") {
            names.pop();
        }
        let name =
            name.map_or_else(|| names.last().cloned().unwrap_or_default(), |name| name.trim().to_owned());
        out.push((names, name));
    }
}

/// The paths with `::` in a code.
fn paths(code: &str) -> Vec<Vec<String>> {
    let runs = code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    runs.map(|run| run.trim_matches(':'))
        .filter(|run| run.contains("::"))
        .map(|run| run.split("::").map(str::to_owned).collect())
        .collect()
}

#[test]
fn an_item_with_two_paths_is_seen() {
    let doubled = |root: &str, room: &str| {
        let files = [("lib.rs", root), ("a/mod.rs", room), ("a/b.rs", "pub struct B;")];
        Files::new(files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned()))).doubled()
    };
    let twice = [["B", "a::B"].map(String::from).to_vec()];
    assert_eq!(doubled("pub mod a;\npub use a::B;", "mod b;\npub use b::B;"), twice);
    assert_eq!(doubled("pub mod a;\npub use a::b::B;", "pub(crate) mod b;\npub use b::B;"), twice);
    assert_eq!(doubled("pub mod a;", "pub mod b;\npub use b::B;"), [["a::B", "a::b::B"]]);
    assert!(doubled("pub mod a;\npub use a::b::B;", "pub(crate) mod b;\npub(crate) use b::B;").is_empty());
    assert!(doubled("mod a;\npub use a::B;", "pub mod b;\npub use b::B;").is_empty());
}

#[test]
fn a_circle_is_seen_through_a_re_export_and_a_path_in_the_code() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let files = |last: &str| {
        Files::new(
            [
                file("a/mod.rs", "mod b;\nmod c;\npub use b::{self, B as Renamed};\nfn f() { c::run() }"),
                file("a/b.rs", "use super::{\n    c::{C, D},\n    Shared,\n};\npub struct B;"),
                file("a/c.rs", last),
                file("other.rs", "use crate::a::Renamed;"),
            ]
            .into_iter(),
        )
    };
    let circle = [["a/b.rs", "a/c.rs"].map(String::from).to_vec()];
    assert_eq!(files("fn run() { crate::a::Renamed::new() }").circles(), circle);
    assert_eq!(files("use super::b::B;").circles(), circle);
    assert!(
        files("use super::Shared;\n// crate::a::Renamed\n#[cfg(test)]\nmod tests {}").circles().is_empty()
    );
    assert!(
        files("use super::Shared;\n#[cfg(test)]\nmod tests {\n    use super::super::b::B;\n}")
            .circles()
            .is_empty()
    );
}
