// The main job, step by step, through the packed package: a step is a file beside this one. With GRAPH_TOKEN_… in the
// environment (see surroundings.mjs) the real service takes the stand-in's place.
//
//   node examples/demo/demo.mjs [--once]      as `cargo xtask demo` runs it

import { byClientCredentials } from "./application.mjs";
import { byCertificate } from "./certificate.mjs";
import { whatGoesWrong } from "./failures.mjs";
import { onBehalfOf } from "./on-behalf-of.mjs";
import { atAProgram } from "./program.mjs";
import { bold, failures, heading } from "./show.mjs";
import { signInByCode } from "./sign-in.mjs";
import { surroundings } from "./surroundings.mjs";
import { inWorker } from "./worker.mjs";

const around = await surroundings(process.env);
await byClientCredentials(around);
await byCertificate(around);
const signedIn = await signInByCode(around);
await onBehalfOf(around, signedIn);
await atAProgram(around);
await whatGoesWrong(around);
const served = await inWorker(around);

if (served && failures() === 0 && !process.argv.includes("--once")) {
  heading("The test page");
  console.log(`  ${bold(served.origin)}   Ctrl-C ends it`);
} else {
  await Promise.all([served?.close(), around.close()]);
  console.log(failures() === 0 ? bold("\nAll of this held.") : bold(`\n${failures()} of these did not hold.`));
  process.exitCode = failures() === 0 ? 0 : 1;
}
