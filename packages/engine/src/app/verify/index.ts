// Placeholder so that the build links; its owner replaces this file.
export async function verifyStore(..._: unknown[]): Promise<object> { return await Promise.resolve({}) }
