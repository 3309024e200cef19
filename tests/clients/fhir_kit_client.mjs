// What a program does with fhir-kit-client: node fhir_kit_client.mjs BASE, in the folder with its node_modules.
// Fails at the first step that does not do what it should.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

// The packages are beside the working folder, not beside this file.
const resolved = createRequire(path.join(process.cwd(), 'package.json')).resolve.paths('fhir-kit-client')[0];
const { Client } = await import(pathToFileURL(path.join(resolved, 'fhir-kit-client/dist/index.js')));

const SYSTEM = 'http://example.org/fhir-kit-client';
const client = new Client({ baseUrl: process.argv[2] });

const patient = (family, value) => ({
  resourceType: 'Patient',
  name: [{ family, given: ['Ada'] }],
  identifier: [{ system: SYSTEM, value }],
});

/** Checks that the call is refused with this status, and returns the OperationOutcome. */
async function refused(status, call) {
  try {
    await call();
  } catch (error) {
    assert.equal(error.response?.status, status, String(error));
    assert.equal(error.response.data.resourceType, 'OperationOutcome');
    return error.response.data;
  }
  assert.fail(`${status} was expected`);
}

async function createAndRead() {
  const created = await client.create({ resourceType: 'Patient', body: patient('Lovelace', '1') });
  assert.equal(Client.httpFor(created).response.status, 201);
  assert.equal(Client.httpFor(created).response.headers.get('etag'), 'W/"1"');
  const read = await client.read({ resourceType: 'Patient', id: created.id });
  assert.equal(read.name[0].family, 'Lovelace');
  const version = await client.vread({ resourceType: 'Patient', id: created.id, version: '1' });
  assert.equal(version.meta.versionId, '1');
  await refused(400, () => client.create({ resourceType: 'Patient', body: { resourceType: 'Patient', gender: 'x' } }));
  await refused(404, () => client.read({ resourceType: 'Patient', id: 'none' }));
  return created;
}

async function searchAndPage() {
  for (let number = 0; number < 5; number += 1) {
    await client.create({ resourceType: 'Patient', body: patient('Leafed', `page-${number}`) });
  }
  const searchParams = { family: 'Leafed', _sort: 'identifier', _count: 2 };
  const first = await client.search({ resourceType: 'Patient', searchParams });
  const values = [];
  let last;
  for (let page = first; page; page = await client.nextPage({ bundle: page })) {
    values.push(...page.entry.map((entry) => entry.resource.identifier[0].value));
    last = page;
  }
  assert.deepEqual(values, ['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
  const before = await client.prevPage({ bundle: last });
  assert.deepEqual(before.entry.map((entry) => entry.resource.identifier[0].value), ['page-2', 'page-3']);
  const posted = await client.search({ resourceType: 'Patient', searchParams, options: { postSearch: true } });
  assert.equal(posted.entry.length, 2);
  const all = await client.search({ searchParams: { _type: 'Patient', _summary: 'count' } });
  assert.ok(all.total >= 6);
}

async function updateWithConflict(created) {
  const body = { ...created, birthDate: '1815-12-10' };
  const updated = await client.update({ resourceType: 'Patient', id: created.id, body });
  assert.equal(updated.meta.versionId, '2');
  const options = { headers: { 'If-Match': 'W/"1"' } };
  await refused(412, () => client.update({ resourceType: 'Patient', id: created.id, body, options }));
  const searchParams = { identifier: `${SYSTEM}|1` };
  const other = { ...body, id: 'another-id' };
  await refused(400, () => client.update({ resourceType: 'Patient', searchParams, body: other }));
  const taken = { identifier: `${SYSTEM}|nobody` };
  await refused(409, () => client.update({ resourceType: 'Patient', searchParams: taken, body }));
}

async function patch(created) {
  const jsonPatch = [{ op: 'replace', path: '/birthDate', value: '1815-12-11' }];
  const patched = await client.patch({ resourceType: 'Patient', id: created.id, jsonPatch });
  assert.equal(patched.birthDate, '1815-12-11');
  const failing = [{ op: 'test', path: '/birthDate', value: '1900-01-01' }];
  await refused(422, () => client.patch({ resourceType: 'Patient', id: created.id, jsonPatch: failing }));
}

async function transaction(created) {
  const entry = (body, method, url) => ({ resource: body, request: { method, url } });
  const observation = (status) => ({
    resourceType: 'Observation',
    status,
    code: { text: 'weight' },
    subject: { reference: `Patient/${created.id}` },
  });
  const bundle = (status) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [entry(observation('final'), 'POST', 'Observation'), entry(observation(status), 'POST', 'Observation')],
  });
  const done = await client.transaction({ body: bundle('amended') });
  assert.deepEqual(done.entry.map((one) => one.response.status.slice(0, 3)), ['201', '201']);
  await refused(400, () => client.transaction({ body: bundle('unheard-of') }));
  const compartment = { resourceType: 'Patient', id: created.id };
  const found = await client.search({ resourceType: 'Observation', compartment });
  assert.equal(found.entry.length, 2);
  const everything = await client.operation({ name: 'everything', resourceType: 'Patient', id: created.id, method: 'GET' });
  assert.equal(everything.entry.length, 3);
  await refused(409, () => client.delete({ resourceType: 'Patient', id: created.id }));
  for (const { resource } of found.entry) {
    await client.delete({ resourceType: 'Observation', id: resource.id });
  }
}

async function deleteAndHistory(created) {
  await client.delete({ resourceType: 'Patient', id: created.id });
  await refused(410, () => client.read({ resourceType: 'Patient', id: created.id }));
  const history = await client.history({ resourceType: 'Patient', id: created.id });
  assert.deepEqual(history.entry.map((entry) => entry.request.method), ['DELETE', 'PATCH', 'PUT', 'POST']);
}

const statement = await client.capabilityStatement();
assert.equal(statement.fhirVersion, '4.0.1');
const created = await createAndRead();
await searchAndPage();
await updateWithConflict(created);
await patch(created);
await transaction(created);
await deleteAndHistory(created);
console.log('fhir-kit-client: capabilities, create, read, search, pages, conflict, patch, transaction, operation, delete, history');
