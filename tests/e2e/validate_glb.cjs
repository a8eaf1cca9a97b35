// node validate_glb.cjs MODULES FOLDER...: runs Khronos' gltf-validator on every .glb below the folders. Prints each error and
// warning with its place, then one line of totals; exit code 1 where there was an error or no file.
'use strict';
const fs = require('fs');
const path = require('path');

const [modules, ...folders] = process.argv.slice(2);
const validator = require(path.resolve(modules, 'gltf-validator'));

function glbsBelow(folder) {
  return fs.readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return glbsBelow(name);
    return entry.name.endsWith('.glb') ? [name] : [];
  });
}

async function main() {
  let files = 0, errors = 0, warnings = 0;
  for (const file of folders.flatMap(glbsBelow).sort()) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(file)), {uri: file, maxIssues: 0});
    ++files;
    errors += report.issues.numErrors;
    warnings += report.issues.numWarnings;
    for (const issue of report.issues.messages) {
      if (issue.severity <= 1) console.log(`${file} ${issue.pointer}: ${issue.code}: ${issue.message}`);
    }
  }
  console.log(`${files} files, ${errors} errors, ${warnings} warnings`);
  process.exit(files > 0 && errors === 0 ? 0 : 1);
}

main().catch((failure) => {
  console.error(failure);
  process.exit(2);
});
