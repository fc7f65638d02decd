/** Styles are imported for what they do to the page; the build takes them up. */
declare module '*.css';
