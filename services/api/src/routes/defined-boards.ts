import { createBoard, retireBoard, scoresOf, standingBoards } from '@carat/domain';
import { http, id, isRefusal, refuse } from '@carat/protocol';
import { z } from 'zod';
import { isStaff } from '../access.ts';
import { type BoardDesk, createBoardDesk, showBoard } from '../boards.ts';
import { limits } from '../limits.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { mayLookBack } from '../past.ts';
import { boardQuery } from './boards.ts';
import { type Api, type App, lookingBack, type Routes } from './route.ts';

const params = z.object({ board: id });
const tags = ['Boards'];

/** Boards that operators define. */
export const definedBoardRoutes: Routes = (app, api) => {
  const desk = createBoardDesk(api);
  for (const register of [createRoute, listRoute, retireRoute, readRoute]) register(app, api, desk);
};

const createRoute = (app: App, { clock }: Api, desk: BoardDesk): void => {
  app.post(
    '/boards',
    {
      bodyLimit: limits.maxBoardBytes,
      schema: {
        summary: 'Define a board',
        description:
          'It is filled from all history, and then follows. Its id is taken for ever. The same definition ' +
          'again, while the board stands, answers 200 and changes nothing.',
        tags,
        security: signedIn,
        body: http.createBoard,
        response: {
          200: http.definedBoard,
          201: http.definedBoard,
          ...refusingSignedIn(
            'forbidden',
            'board_retired',
            'board_exists_already',
            'too_many_boards',
            'outcome_unknown',
          ),
        },
      },
    },
    async ({ body, identity }, reply) => {
      if (!isStaff(identity)) return refuse('forbidden');
      const created = await desk.change(body.board, (boards) =>
        createBoard({ ...body, operator: identity.sub, now: clock.now() }, boards),
      );
      if (isRefusal(created)) return created;
      return reply.code(created.isChanged ? 201 : 200).send(showBoard(created.board));
    },
  );
};

const listRoute = (app: App, _: Api, desk: BoardDesk): void => {
  app.get(
    '/boards',
    {
      schema: {
        summary: 'The boards that are defined, in the order in which they were',
        description: 'Without those that were retired. Told to the platform only.',
        tags,
        security: signedIn,
        response: {
          200: z.object({ boards: z.array(http.definedBoard) }),
          ...refusingSignedIn('forbidden'),
        },
      },
    },
    async ({ identity }) => {
      if (!isStaff(identity)) return refuse('forbidden');
      return { boards: standingBoards(await desk.read()).map(showBoard) };
    },
  );
};

const retireRoute = (app: App, { clock }: Api, desk: BoardDesk): void => {
  app.post(
    '/boards/:board/retire',
    {
      schema: {
        summary: 'Give a board up, for good',
        description: 'With `at` it can still be read as it was. Retiring it again changes nothing.',
        tags,
        security: signedIn,
        params,
        response: {
          200: http.definedBoard,
          ...refusingSignedIn('forbidden', 'board_unknown', 'outcome_unknown'),
        },
      },
    },
    async ({ params: { board }, identity }) => {
      if (!isStaff(identity)) return refuse('forbidden');
      const { sub: by } = identity;
      const retired = await desk.change(board, (boards) =>
        retireBoard({ board, by, now: clock.now() }, boards.get(board)),
      );
      return isRefusal(retired) ? retired : showBoard(retired.board);
    },
  );
};

const readRoute = (app: App, { numbers, past, clock }: Api, desk: BoardDesk): void => {
  app.get(
    '/boards/:board',
    {
      schema: {
        summary: 'A board that was defined',
        description:
          'While it is being filled for the first time it is `overloaded`. Ties go to who reached the ' +
          `score first. ${lookingBack}, also where it was defined later or is retired.`,
        tags,
        security: signedIn,
        params,
        querystring: z.strictObject(boardQuery),
        response: {
          200: http.board,
          ...refusingSignedIn('forbidden', 'board_unknown', 'board_retired'),
        },
      },
    },
    async ({ params: { board }, query: { at, on, limit }, identity }) => {
      const found = await desk.find(board);
      if (isRefusal(found)) return found;
      if (at)
        return mayLookBack(identity)
          ? past.definedBoard({ definition: found, on, limit }, at)
          : refuse('forbidden');
      if (found.retired) return refuse('board_retired');
      const read = await numbers((reader) => reader.definedBoard(found, on ?? clock.now(), limit));
      return isRefusal(read) ? read : { ...read, unit: scoresOf(found) };
    },
  );
};
