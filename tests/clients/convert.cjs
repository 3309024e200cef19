// Converts with the npm package `fhir`: node convert.cjs FOLDER, in the folder with its node_modules.
// Of each NAME.json and NAME.ours.xml there it makes NAME.theirs.xml, from the JSON, and NAME.theirs.json, from the XML.

const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const { Fhir } = createRequire(path.join(process.cwd(), 'package.json'))('fhir');
const fhir = new Fhir();
const folder = process.argv[2];

for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.ours.xml'))) {
  const name = path.join(folder, file.slice(0, -'.ours.xml'.length));
  const ours = fs.readFileSync(`${name}.ours.xml`, 'utf8');
  fs.writeFileSync(`${name}.theirs.json`, JSON.stringify(fhir.xmlToObj(ours)));
  fs.writeFileSync(`${name}.theirs.xml`, fhir.jsonToXml(fs.readFileSync(`${name}.json`, 'utf8')));
}
