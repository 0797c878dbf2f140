//! A lake in a bucket of S3, or of any service that speaks as S3 does.
//!
//! Keys and region come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`), and so does the address of
//! another service (`AWS_ENDPOINT_URL`). Only one condition is asked of it: that an object is replaced if it is as it was read.

use std::future::{Future, poll_fn};
use std::io::{self, Read as _, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, thread};

use datafusion::error::DataFusionError;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use futures_core::Stream as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{
    Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion, WriteMultipart,
};
use sha2::{Digest as _, Sha256};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::error::{ClusterError, Result};
use crate::files;
use crate::lake::{Place, Snapshot, Source};
use crate::text::hex;

/// How an address begins that is a bucket's.
const SCHEME: &str = "s3://";
/// What is fetched and sent at once.
const PIECE: usize = 8 << 20;
/// Pieces of one file that are on their way at once.
const AT_ONCE: usize = 4;
/// The manifest's name.
const MANIFEST: &str = "_lake.json";

/// Where a lake lies: in a folder, or at `s3://BUCKET/FOLDER`. Files of a bucket that were read are kept in a folder within `cache`.
///
/// # Errors
/// An address that is none, or settings in the environment that contradict each other.
pub fn place(address: &str, cache: &Path) -> Result<Place> {
    if !address.starts_with(SCHEME) {
        return Ok(Path::new(address).into());
    }
    let address = address.trim_end_matches('/');
    let folder = cache.join(hex(&Sha256::digest(address)[..8]));
    Ok(Place::elsewhere(Arc::new(Bucket::of(address)?), folder))
}

#[derive(Debug)]
struct Bucket {
    address: String,
    folder: Key,
    store: Arc<AmazonS3>,
    /// Threads of its own: it is asked by threads that may not wait for others, too. `None` once it is dropped.
    runtime: Option<Runtime>,
}

impl Bucket {
    fn of(address: &str) -> Result<Self> {
        let wrong = || ClusterError::Bucket(address.to_owned());
        let (name, folder) = {
            let rest = address.strip_prefix(SCHEME).ok_or_else(wrong)?;
            rest.split_once('/').unwrap_or((rest, ""))
        };
        if name.is_empty() {
            return Err(wrong());
        }
        let folder = Key::parse(folder).map_err(|_| wrong())?;
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime
            .map_err(|source| ClusterError::Io { what: "no threads for a bucket".to_owned(), source })?;
        Ok(Self {
            address: address.to_owned(),
            folder,
            store: Arc::new(store(name).map_err(|_| wrong())?),
            runtime: Some(runtime),
        })
    }

    /// Waits for an answer, on a thread that may wait.
    fn wait<T: Send>(&self, answer: impl Future<Output = object_store::Result<T>> + Send) -> io::Result<T> {
        let Some(runtime) = &self.runtime else { return Err(io::ErrorKind::NotConnected.into()) };
        let waited = thread::scope(|scope| scope.spawn(|| runtime.block_on(answer)).join());
        waited.unwrap_or_else(|panic| resume_unwind(panic)).map_err(io_error)
    }

    fn key(&self, file: &Path) -> object_store::Result<Key> {
        let file = file.to_string_lossy();
        Ok(match self.folder.as_ref() {
            "" => Key::parse(file)?,
            folder => Key::parse(format!("{folder}/{file}"))?,
        })
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // It may be dropped by a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Source for Bucket {
    fn address(&self) -> &str {
        &self.address
    }

    fn manifest(&self) -> io::Result<Option<Snapshot>> {
        self.wait(async {
            let found = match self.store.get(&self.key(Path::new(MANIFEST))?).await {
                Err(Error::NotFound { .. }) => return Ok(None),
                found => found?,
            };
            if found.meta.size > files::KEPT {
                return Err(other(format!("{MANIFEST} is too large")));
            }
            let tag = found.meta.e_tag.clone().ok_or_else(|| other(format!("{MANIFEST} has no tag")))?;
            let text = String::from_utf8(found.bytes().await?.to_vec());
            let text = text.map_err(|_| other(format!("{MANIFEST} is no text")))?;
            Ok(Some(Snapshot { text, tag }))
        })
    }

    fn replace_manifest(&self, text: &str, tag: Option<&str>) -> io::Result<bool> {
        let mode = tag.map_or(PutMode::Create, |tag| {
            PutMode::Update(UpdateVersion { e_tag: Some(tag.to_owned()), version: None })
        });
        let put = self.wait(async {
            let key = self.key(Path::new(MANIFEST))?;
            match self.store.put_opts(&key, text.to_owned().into(), PutOptions::from(mode)).await {
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
                put => put.map(|_| true),
            }
        })?;
        // A refusal may be the answer to the second try of a request whose first one got through.
        Ok(put || self.manifest()?.is_some_and(|found| found.text == text))
    }

    fn fetch(&self, file: &Path, out: &mut (dyn Write + Send)) -> io::Result<()> {
        self.wait(async {
            let key = self.key(file)?;
            let size = self.store.head(&key).await?.size;
            let mut first = 0;
            while first < size {
                let next = size.min(first + PIECE as u64);
                let piece = self.store.get_range(&key, first..next).await?;
                out.write_all(&piece).map_err(other)?;
                first = next;
            }
            Ok(())
        })
    }

    fn send(&self, file: &Path, from: &Path) -> io::Result<()> {
        let mut input = fs::File::open(from)?;
        self.wait(async {
            let key = self.key(file)?;
            let size = input.metadata().map_err(other)?.len();
            if size <= PIECE as u64 {
                let mut whole = Vec::new();
                input.read_to_end(&mut whole).map_err(other)?;
                return self.store.put(&key, whole.into()).await.map(|_| ());
            }
            let upload = self.store.put_multipart(&key).await?;
            let mut upload = WriteMultipart::new_with_chunk_size(upload, PIECE);
            let mut piece = vec![0; PIECE];
            loop {
                match input.read(&mut piece).map_err(other)? {
                    0 => break,
                    read => {
                        upload.wait_for_capacity(AT_ONCE).await?;
                        upload.write(&piece[..read]);
                    }
                }
            }
            upload.finish().await.map(|_| ())
        })
    }

    fn files(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.wait(async {
            let mut there = self.store.list(Some(&self.key(folder)?));
            let mut files = Vec::new();
            while let Some(object) = poll_fn(|context| there.as_mut().poll_next(context)).await {
                let key = object?.location;
                let file = key.as_ref().strip_prefix(self.folder.as_ref()).unwrap_or_default();
                files.push(file.trim_start_matches('/').into());
            }
            Ok(files)
        })
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.wait(async {
            match self.store.delete(&self.key(file)?).await {
                Err(Error::NotFound { .. }) => Ok(()),
                removed => removed,
            }
        })
    }
}

fn store(bucket: &str) -> object_store::Result<AmazonS3> {
    AmazonS3Builder::from_env().with_bucket_name(bucket).build()
}

fn other(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Generic { store: "S3", source: why.into() }
}

fn io_error(error: Error) -> io::Error {
    let kind = match error {
        Error::NotFound { .. } => io::ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

/// The stores that an engine reads from: this machine's files, and buckets, each known once it is asked for.
#[derive(Debug, Default)]
pub(super) struct Stores {
    known: DefaultObjectStoreRegistry,
}

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.known.register_store(url, store)
    }

    fn get_store(&self, url: &Url) -> datafusion::error::Result<Arc<dyn ObjectStore>> {
        match (self.known.get_store(url), url.host_str()) {
            (Err(_), Some(name)) if url.scheme() == "s3" => {
                let made: Arc<dyn ObjectStore> =
                    Arc::new(store(name).map_err(|error| DataFusionError::ObjectStore(Box::new(error)))?);
                self.known.register_store(url, made.clone());
                Ok(made)
            }
            (known, _) => known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_a_folder() {
        let of = |address: &str| Bucket::of(address).map(|bucket| bucket.key(Path::new("players")).unwrap());
        assert_eq!(of("s3://lakes/et").unwrap().as_ref(), "et/players");
        assert_eq!(of("s3://lakes").unwrap().as_ref(), "players");
        for wrong in ["lakes/et", "s3://", "s3://lakes/../et"] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_maps_folder_keeps_its_name() {
        let bucket = Bucket::of("s3://lakes/et").unwrap();
        let key = bucket.key(Path::new("samples/v=1/map=%2E%2E/month=2026-03/9c3a.parquet")).unwrap();
        assert_eq!(key.as_ref(), "et/samples/v=1/map=%2E%2E/month=2026-03/9c3a.parquet");
    }
}
