export const id = 701;
export const ids = [701];
export const modules = {

/***/ 4701:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  writeTemporaryReportFiles: () => (/* binding */ writeTemporaryReportFiles)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/action/action/src/core/verdict.js
var verdict = __webpack_require__(8822);
;// CONCATENATED MODULE: ./build/action/action/src/report/junit.js

function createJunit(receipt, outcome) {
    const { check } = outcome;
    const suite = receipt.app_name || 'Qassandra';
    const cases = (check?.flows ?? []).map((flow) => createCase(suite, flow));
    const problem = describeProblem(outcome);
    if (problem !== undefined) {
        cases.push(createElement('testcase', { name: 'The check', classname: suite, time: '0' }, problem));
    }
    const failures = check?.counts.failed ?? 0;
    const counts = {
        tests: String(cases.length),
        failures: String(failures),
        errors: problem === undefined ? '0' : '1',
        skipped: String(check?.counts.skipped ?? 0),
        time: toSeconds((check?.flows ?? []).reduce((sum, flow) => sum + flow.duration_ms, 0)),
    };
    const timestamp = check?.started_at ? { timestamp: check.started_at } : {};
    const body = createElement('testsuite', { name: suite, ...counts, ...timestamp }, cases.join('\n'));
    return `<?xml version="1.0" encoding="UTF-8"?>\n${createElement('testsuites', { name: 'Qassandra', ...counts }, body)}\n`;
}
function createCase(suite, flow) {
    const attributes = { name: flow.name, classname: suite, time: toSeconds(flow.duration_ms) };
    const error = flow.error ?? 'no reason given';
    switch (flow.status) {
        case 'failed':
            return createElement('testcase', attributes, createElement('failure', { message: error }, escapeXml(error)));
        case 'skipped':
            return createElement('testcase', attributes, createElement('skipped', {}, ''));
        default:
            return createElement('testcase', attributes, '');
    }
}
function describeProblem({ check, conclusion, problem }) {
    if (conclusion === 'success' || conclusion === 'failure') {
        return undefined;
    }
    const ended = check && conclusion !== null ? (0,verdict/* describeResult */.d)({ ...check, conclusion }) : undefined;
    const message = problem ?? ended;
    return message === undefined ? undefined : createElement('error', { message }, escapeXml(message));
}
function createElement(name, attributes, body) {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
    return body === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${body}</${name}>`;
}
function escapeXml(text) {
    return text
        .toWellFormed()
        .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
        .replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
function toSeconds(ms) {
    return (ms / 1000).toFixed(3);
}

;// CONCATENATED MODULE: ./build/action/action/src/report/report-json.js
function createReportJson(receipt, outcome) {
    const { check, status, conclusion, problem, comparison } = outcome;
    return `${JSON.stringify({
        check_id: receipt.check_id,
        check_url: receipt.check_url,
        app_id: receipt.app_id,
        app_name: receipt.app_name,
        status,
        conclusion,
        problem: problem ?? null,
        compared_with: comparison
            ? {
                branch: comparison.branch,
                url: comparison.url,
                newly_failed: [...comparison.newlyFailed],
                fixed: comparison.fixed,
            }
            : null,
        check: check?.document ?? null,
    }, undefined, 2)}\n`;
}

;// CONCATENATED MODULE: ./build/action/action/src/step/temporary-report-files.js





async function writeTemporaryReportFiles(wanted, outcome) {
    const { receipt } = outcome;
    if (receipt === undefined) {
        return undefined;
    }
    const folder = await makeFolder(wanted);
    const files = {
        report: (0,external_node_path_.join)(folder, `qassandra-${receipt.check_id}.json`),
        junit: (0,external_node_path_.join)(folder, `qassandra-${receipt.check_id}.xml`),
    };
    await (0,promises_.writeFile)(files.report, createReportJson(receipt, outcome));
    await (0,promises_.writeFile)(files.junit, createJunit(receipt, outcome));
    return files;
}
async function makeFolder(folder) {
    return await (0,promises_.mkdir)(folder, { recursive: true }).then(() => folder, external_node_os_.tmpdir);
}


/***/ })

};
