export const id = 7;
export const ids = [7];
export const modules = {

/***/ 6007:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   keepComment: () => (/* binding */ keepComment)
/* harmony export */ });
/* harmony import */ var _lib_text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8216);
/* harmony import */ var _report_summary_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2598);
/* harmony import */ var _octokit_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(801);



/** GitHub refuses a comment of more than 65,536 characters; this leaves room for what stands around the table. */
const TABLE_BYTES = 40 * 1024;
/** The gate does not depend on the comment, so it is not waited for longer than this. */
const TIMEOUT_MS = 20_000;
/** A rate limit that lasts longer is not waited for. */
const LONGEST_RATE_LIMIT_SECONDS = 10;
const PAGE_SIZE = 100;
/** The retry plugin's own, and 429: limits of requests are the throttling plugin's, which asks less and not more. */
const FINAL_STATUSES = [400, 401, 403, 404, 410, 422, 429, 451];
/** What GitHub calls people who cannot write to the repository. */
const STRANGERS = ['NONE', 'CONTRIBUTOR', 'FIRST_TIMER', 'FIRST_TIME_CONTRIBUTOR', 'MANNEQUIN'];
/** Below the marker, unseen: when the server made the check that the comment is of. */
const CHECK_TIME = /^<!-- check created_at=(\S+) -->$/m;
/**
 * Keeps one comment a pull request and app: finds the one with the app's marker and rewrites it, or makes it.
 * Rejects with what GitHub says where it does not allow that.
 */
async function keepComment(options) {
    const { github, appId, pullRequestNumber, outcome } = options;
    const octokit = await createCommentingOctokit(options);
    const marker = createMarker(appId);
    const body = createBody(marker, options);
    const { owner, repo } = github;
    const issue = { owner, repo, issue_number: Number(pullRequestNumber) };
    const thread = { ...issue, octokit, marker };
    const [kept] = await findComments(thread);
    const result = kept === undefined ? 'gone' : await rewrite(thread, kept, { body, outcome });
    if (result !== 'gone') {
        return result;
    }
    const { data: made } = await octokit.rest.issues.createComment({ ...issue, body });
    try {
        // Another job of the same app may have looked at the same moment: the first comment stays.
        const [first = made] = await findComments(thread);
        if (first.id === made.id) {
            return 'written';
        }
        const other = await rewrite(thread, first, { body, outcome });
        if (other === 'gone') {
            return 'written';
        }
        await octokit.rest.issues.deleteComment({ owner, repo, comment_id: made.id });
        return other;
    }
    catch {
        // Whatever it was, the comment that was made is there.
        return 'unsettled';
    }
}
/** `gone` where somebody has deleted it since it was listed. */
async function rewrite({ octokit, owner, repo }, comment, { body, outcome }) {
    if (isOutdated(outcome, comment)) {
        return 'outdated';
    }
    try {
        await octokit.rest.issues.updateComment({ owner, repo, comment_id: comment.id, body });
        return 'written';
    }
    catch (error) {
        const { status } = Object(error);
        if (status === 404) {
            return 'gone';
        }
        throw error;
    }
}
/** The check of an earlier push may end after that of a later one. Without the times, who comes last writes. */
function isOutdated({ check }, { body }) {
    const time = CHECK_TIME.exec(String(body))?.[1];
    return Date.parse(String(time)) > Date.parse(String(check?.created_at));
}
/** Octokit takes an error of that name for the end; with any other reason it would try again, and again. */
function createBound(stop) {
    const bound = new AbortController();
    const abort = (message) => () => bound.abort(new DOMException(message, 'AbortError'));
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    timeout.addEventListener('abort', abort(`GitHub had not answered after ${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_1__/* .formatDuration */ .a3)(TIMEOUT_MS)}.`));
    stop.addEventListener('abort', abort('The step was cancelled.'));
    return bound.signal;
}
/** The app's id and not its alias, which may change, or be written either way in two workflows. */
function createMarker(appId) {
    return `<!-- qassandra-check app=${appId} -->`;
}
function createBody(marker, { outcome, commitSha }) {
    const commit = commitSha === undefined ? '' : `\n<sub>Of commit ${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_1__/* .toSummaryText */ .ri)(commitSha)}.</sub>\n`;
    return `${marker}\n${createTime(outcome)}${(0,_report_summary_js__WEBPACK_IMPORTED_MODULE_2__/* .createSummary */ .F)(outcome, TABLE_BYTES)}${commit}`;
}
/** As `CHECK_TIME` reads it. Written anew from what the server says, so that nothing else can stand there. */
function createTime({ check }) {
    const time = Date.parse(String(check?.created_at));
    return Number.isNaN(time) ? '' : `<!-- check created_at=${new Date(time).toISOString()} -->\n`;
}
/**
 * The comments that begin with the marker, oldest first. One that quotes it does not count, nor does a stranger's,
 * who could write the marker, have the result written below it, and change it afterwards.
 */
async function findComments({ octokit, marker, ...issue }) {
    const comments = await octokit.paginate(octokit.rest.issues.listComments, {
        ...issue,
        per_page: PAGE_SIZE,
    });
    return comments
        .filter(({ user, author_association }) => user?.type === 'Bot' || !STRANGERS.includes(author_association))
        .filter(({ body }) => body?.startsWith(marker));
}
async function createCommentingOctokit({ github, signal, debug }) {
    const [{ retry }, { throttling }] = await Promise.all([
        Promise.all(/* import() */[__webpack_require__.e(251), __webpack_require__.e(735)]).then(__webpack_require__.bind(__webpack_require__, 9735)),
        Promise.all(/* import() */[__webpack_require__.e(251), __webpack_require__.e(856)]).then(__webpack_require__.bind(__webpack_require__, 6856)),
    ]);
    const isShort = (seconds, _request, _octokit, tries) => seconds <= LONGEST_RATE_LIMIT_SECONDS && tries < 2;
    const throttle = { onRateLimit: isShort, onSecondaryRateLimit: isShort };
    return await (0,_octokit_js__WEBPACK_IMPORTED_MODULE_0__/* .createOctokit */ .Q)({
        github,
        signal: createBound(signal),
        debug,
        options: { throttle, retry: { doNotRetry: FINAL_STATUSES } },
        plugins: [retry, throttling],
    });
}


/***/ })

};
