// Draws the package's own JavaScript into the type check.
import "../../../pkg/entry/browser.js";
import "../../../pkg/entry/redirect-bridge.js";
import "../../../pkg/entry/url.js";
import "../../../pkg/entry/workerd.js";
import "../../../pkg/entry/edge-light.js";
import "../../../pkg/entry/certificate-inline.js";
import "../../../pkg/entry/certificate-node.js";
import "../../../pkg/entry/certificate-workerd.js";
import "../../../pkg/entry/certificate-edge-light.js";
import "../../../pkg/bin/graph-token.js";
