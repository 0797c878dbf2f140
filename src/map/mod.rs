//! Where the world lies on a picture.
