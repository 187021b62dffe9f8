// Constants the build sets: the backend's origin, and whether this is a test build.
declare const __BACKEND__: string;
declare const __TEST__: boolean;
