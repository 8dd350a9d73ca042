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
// EXTERNAL MODULE: ./build/action/action/src/core/failures.js + 2 modules
var core_failures = __webpack_require__(6600);
// EXTERNAL MODULE: ./build/action/action/src/core/verdict.js
var verdict = __webpack_require__(8822);
// EXTERNAL MODULE: ./build/action/action/src/lib/text.js
var lib_text = __webpack_require__(8216);
;// CONCATENATED MODULE: ./build/action/action/src/report/junit.js



function createJunit(receipt, outcome) {
    const { check } = outcome;
    const suite = receipt.app_name || 'Qassandra';
    const failures = (0,core_failures/* listFailures */.As)(check?.flows ?? []);
    const problems = listProblems(outcome, failures);
    const cases = [...createCases(check?.flows ?? [], failures), ...problems];
    const counts = {
        tests: String(cases.length),
        failures: String(failures.length),
        errors: String(problems.length),
        time: toSeconds(cases.reduce((sum, { ms }) => sum + ms, 0)),
    };
    const parts = [...nameApart(cases).map((named) => writeCase(suite, named)), ...writeWarnings(check)];
    const attributes = {
        name: suite,
        ...counts,
        skipped: String(check?.counts.skipped ?? 0),
        ...(check?.started_at && { timestamp: check.started_at }),
    };
    const body = createElement('testsuite', attributes, parts.join('\n'));
    return `<?xml version="1.0" encoding="UTF-8"?>\n${createElement('testsuites', { name: 'Qassandra', ...counts }, body)}\n`;
}
function createCases(flows, failures) {
    const failureOf = new Map(failures.map((failure) => [failure.flows[0], failure]));
    return flows.flatMap((flow) => {
        const { name, status, error, duration_ms: ms } = flow;
        const failure = failureOf.get(flow);
        if (failure !== undefined) {
            return [createFailedCase(failure)];
        }
        if (status === 'skipped') {
            return [{ name, ms, result: createElement('skipped', {}, escapeXml(error ?? '')) }];
        }
        return status === 'passed' ? [{ name, ms }] : [];
    });
}
function createFailedCase({ reason, flows }) {
    const [{ name }, ...others] = flows;
    const message = others.length === 0 ? reason : `${reason} (${(0,lib_text/* countOf */.pq)(flows.length, 'flow')})`;
    const places = flows.map((flow) => (isMore(flow, reason) ? `${flow.name}: ${flow.error}` : flow.name));
    const text = others.length === 0 ? reason : `${message}\n\n${places.join('\n')}`;
    return {
        name: others.length === 0 ? name : reason,
        ms: flows.reduce((sum, { duration_ms }) => sum + duration_ms, 0),
        result: createElement('failure', { message }, escapeXml(text)),
    };
}
function isMore({ error }, reason) {
    return error !== null && error !== reason;
}
function listProblems({ check, conclusion, problem }, failures) {
    const isJudged = conclusion === 'success' || (conclusion === 'failure' && failures.length > 0);
    const ended = check && conclusion !== null && !isJudged ? (0,verdict/* describeResult */.dy)({ ...check, conclusion }) : undefined;
    const incomplete = check?.incomplete
        ? `The check is incomplete: ${(0,verdict/* describeIncomplete */.mO)(check.incomplete)}`
        : undefined;
    return [isJudged ? undefined : (problem ?? ended), incomplete]
        .filter((message) => message !== undefined)
        .map((message) => ({
        name: 'The check',
        ms: 0,
        result: createElement('error', { message }, escapeXml(message)),
    }));
}
function nameApart(cases) {
    const seen = new Map();
    return cases.map((one) => {
        const count = (seen.get(one.name) ?? 0) + 1;
        seen.set(one.name, count);
        return count === 1 ? one : { ...one, name: `${one.name} (${count})` };
    });
}
function writeCase(classname, { name, ms, result = '' }) {
    return createElement('testcase', { name, classname, time: toSeconds(ms) }, result);
}
function writeWarnings(check) {
    const warnings = check?.warnings ?? [];
    return warnings.length === 0 ? [] : [createElement('system-out', {}, escapeXml(warnings.join('\n')))];
}
function createElement(name, attributes, body) {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`);
    return body === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${body}</${name}>`;
}
function escapeXml(text) {
    return text
        .toWellFormed()
        .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
        .replace(/[&<>\r]/g, lib_text/* toCharacterReference */.kX);
}
function escapeAttribute(text) {
    return escapeXml(text).replace(/["'\t\n]/g, lib_text/* toCharacterReference */.kX);
}
function toSeconds(ms) {
    return (ms / 1000).toFixed(3);
}

;// CONCATENATED MODULE: ./build/action/action/src/report/report-json.js

function createReportJson(receipt, outcome) {
    const { check, status, conclusion, problem, comparison } = outcome;
    const failures = (0,core_failures/* compareFailures */.hD)(check?.flows ?? [], comparison);
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
                newly_failed: [...new Set(comparison.newlyFailed.map(({ name }) => name))],
                fixed: comparison.fixed.map(({ name }) => name),
            }
            : null,
        incomplete: check?.incomplete ?? null,
        warnings: check?.warnings ?? [],
        failures: failures.map(({ reason, flows, newFlows }) => ({
            reason,
            flows: flows.map(({ name }) => name),
            newly_failed: comparison ? newFlows : null,
        })),
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
