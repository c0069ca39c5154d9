// Messages and stack traces of failures travel as a payload, which the codec encrypts; by default they stand in clear.
// The SDK loads this file by `require`, also into the workflow bundle: it stays CommonJS.
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
