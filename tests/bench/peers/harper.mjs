// Milliseconds harper.js takes for drafts it has not seen and for one more letter in a known one; drafts come as JSON.
import {readFileSync} from 'node:fs';
import {LocalLinter} from 'harper.js';
import {binary} from 'harper.js/binary';

const drafts = JSON.parse(readFileSync(0, 'utf8'));
const linter = new LocalLinter({binary});
await linter.setup();
await linter.lint('A first text, so that everything is compiled.');

async function took(text) {
    const begun = performance.now();
    await linter.lint(text);
    return performance.now() - begun;
}

const middle = (times) => times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)];
const fresh = [];
const edited = [];
for (const draft of drafts) {
    fresh.push(await took(draft));
    edited.push(await took(`${draft}x`));
}
console.log(JSON.stringify({fresh: middle(fresh), edited: middle(edited)}));
