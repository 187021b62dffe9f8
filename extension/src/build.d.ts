// What the build sets: the backend's origin, whether this is a test build, and style sheets as minified text.
declare const __BACKEND__: string;
declare const __TEST__: boolean;

declare module '*.css' {
  const text: string;
  export default text;
}
