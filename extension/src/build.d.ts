// What the build sets: the backend's origin, whether this is a test build, for Firefox, and style sheets as minified text.
declare const __BACKEND__: string;
declare const __TEST__: boolean;
declare const __FIREFOX__: boolean;

declare module '*.css' {
  const text: string;
  export default text;
}
