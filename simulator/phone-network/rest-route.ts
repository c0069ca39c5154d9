import type { Account } from './accounts.ts';
import type { RestForm, RestParameters } from './rest-form.ts';

/** One authorised REST request. */
export interface RestRequest {
  account: Account;
  /** What the path names, by the names in the route's pattern. */
  path: Readonly<Record<string, string | undefined>>;
  form: RestForm;
  /** Path and query as requested, for paging. */
  url: URL;
}

/** JSON with its status; `file` instead of it for media. */
export type RestAnswer =
  | { status: number; body: Record<string, unknown> }
  | { status: 204 }
  | { status: 200; file: Buffer; contentType: string };

export interface RestRoute {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below the account, such as `/Calls/:sid.json`; the pattern's names are its path parameters. */
  pattern: RegExp;
  parameters: RestParameters;
  lists?: readonly string[];
  handle: (request: RestRequest) => RestAnswer;
}

const DEFAULT_PAGE_SIZE = 50;

/** One page of a list, newest first as given, with the links that the client follows. */
export function listAnswer(
  { form, url }: RestRequest,
  name: string,
  all: readonly Record<string, unknown>[],
): RestAnswer {
  const pageSize = form.number('PageSize', DEFAULT_PAGE_SIZE);
  const page = form.number('Page', 0);
  const start = page * pageSize;
  const items = all.slice(start, start + pageSize);
  const uriOf = (number: number): string => {
    const link = new URL(url);
    link.searchParams.set('PageSize', String(pageSize));
    link.searchParams.set('Page', String(number));
    if (number > 0) link.searchParams.set('PageToken', `PA${number}`);
    else link.searchParams.delete('PageToken');
    return link.pathname + link.search;
  };
  const body = {
    [name]: items,
    end: Math.max(0, start + items.length - 1),
    first_page_uri: uriOf(0),
    next_page_uri: start + pageSize < all.length ? uriOf(page + 1) : null,
    page,
    page_size: pageSize,
    previous_page_uri: page > 0 ? uriOf(page - 1) : null,
    start,
    uri: url.pathname + url.search,
  };
  return { status: 200, body };
}
