// The manifest, per browser and per kind of build.

/** The pages each host reads; every host has its own content script. Pop-out windows are about:blank and inherit an origin. */
export const HOSTS = {
  gmail: ['https://mail.google.com/*'],
  outlook: [
    'https://outlook.live.com/*',
    'https://outlook.office.com/*',
    'https://outlook.office365.com/*',
    'https://outlook.cloud.microsoft/*',
  ],
};

/** Pins the Chrome id to odcdjmfcpclbbnoboplhinpbheadbhcj, so that a backend may name it. Public half of a key pair. */
const CHROME_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAueiOIzKrvC3ar/d+XZ1JULsdB4mTPqH8330UogyrwotzrtGMhds3aUsrevc0gHi6CQAJ52X/RrKEQLuiG9/Y51hdkfYTysDwNnxvpNhAyPNyS9n2DZfORVro0gzJJJrN+0jpevpGataw8RuqPRpPnSPCUr4ZBP1VsGB5zBtpMQacLXiUTrqWlt43pShXGabAwVWCbQFPpHcDCYe1t8E1UDtIZzQF9mxq7gRPfS9/y562guNfpceQ8furl6IL/HgMLJzV7YLA6rVtxOskY1GcjNjqmGngEFW+cL5qS0VfXLfK70Ln19zGwO6Z5ywrsf4hHA+hZmYZTvi8RdubQAjQPwIDAQAB';

/** `browser` is chrome or firefox; `backend` an origin; `test` widens the backend to any loopback port. */
export function manifest({ browser, backend, test, version }) {
  const backendMatch = test ? 'http://127.0.0.1/*' : `${matchable(backend)}/*`;
  return {
    manifest_version: 3,
    name: '__MSG_name__',
    description: '__MSG_description__',
    default_locale: 'en',
    version,
    icons: iconPaths([16, 32, 48, 128]),
    permissions: ['storage', 'scripting', ...(browser === 'chrome' ? ['sidePanel'] : [])],
    host_permissions: [...Object.values(HOSTS).flat(), backendMatch],
    background: browser === 'chrome' ? { service_worker: 'background.js' } : { scripts: ['background.js'] },
    content_scripts: Object.entries(HOSTS).map(([host, matches]) => ({
      matches,
      js: [`${host}.js`],
      ...(browser === 'firefox' ? { css: ['alive.css'] } : {}),
      run_at: 'document_start',
      match_about_blank: true,
      match_origin_as_fallback: true,
    })),
    action: { default_popup: 'popup.html', default_title: '__MSG_name__', default_icon: iconPaths([16, 32]) },
    commands: { 'to-banner': { suggested_key: { default: 'Alt+Shift+A' }, description: '__MSG_to_banner__' } },
    options_ui: { page: 'options.html', open_in_tab: true },
    content_security_policy: { extension_pages: policy(test ? 'http://127.0.0.1:*' : backend) },
    ...(browser === 'chrome' ? CHROME_ONLY : FIREFOX_ONLY),
  };
}

const CHROME_ONLY = {
  key: CHROME_KEY,
  minimum_chrome_version: '119',
  side_panel: { default_path: 'panel.html' },
};

/** Firefox asks for the id in Manifest V3, and for the declaration of data on new add-ons (140 reads it). */
const FIREFOX_ONLY = {
  sidebar_action: { default_panel: 'panel.html', default_title: '__MSG_name__', open_at_install: false },
  browser_specific_settings: {
    gecko: {
      id: 'aftertouch@aftertouch.example',
      strict_min_version: '140.0',
      data_collection_permissions: { required: ['personallyIdentifyingInfo', 'personalCommunications'] },
    },
  },
};

function iconPaths(sizes) {
  return Object.fromEntries(sizes.map((size) => [size, `icons/${size}.png`]));
}

/** Match patterns carry no port in Firefox; without one they match every port. */
function matchable(origin) {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}`;
}

function policy(connect) {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${connect} 'self'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
