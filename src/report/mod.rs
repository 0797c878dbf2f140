//! A session as one folder of HTML and pictures.
