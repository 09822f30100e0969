// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Parent, Work} from "../../src/Types.sol";
import {EditionActs} from "./EditionActs.sol";
import {OrderActs} from "./OrderActs.sol";

/// @dev Editions, works and orders against the model; numbers as in README.md.
abstract contract EditionChecks is OrderActs, EditionActs {
    function _checkEditions(uint256 workId) internal view {
        uint256 sum;
        for (uint256 i; i < PEOPLE; ++i) {
            address holder = people[i];
            (, uint256 editions, uint256 opened) = works.standing(workId, holder);
            assertEq(editions, held[workId][holder], "13: editions moved that nobody moved");
            assertEq(opened, copies[workId][holder], "14: an opened copy moved or went");
            sum += editions + opened;
        }
        uint256 minted = works.work(workId).minted;
        assertEq(sum, minted, "11: editions and opened copies are not what was minted");
        assertEq(minted, models[workId].minted, "12: editions were minted that nobody bought");
        assertLe(minted, models[workId].terms.editionCap, "12: more was minted than the cap");
        address[4] memory outsiders =
            [outsider, address(works), marketplaces[0].account, marketplaces[1].account];
        for (uint256 i; i < outsiders.length; ++i) {
            (, uint256 editions, uint256 opened) = works.standing(workId, outsiders[i]);
            assertEq(editions + opened, 0, "15: a contract holds an edition");
        }
    }

    function _checkWork(uint256 workId) internal view {
        WorkModel storage model = models[workId];
        Work memory work = works.work(workId);
        assertEq(work.creator, model.creator, "32: a creator changed");
        assertEq(work.createdAtSeconds, model.createdAtSeconds, "32: a work was born again");
        assertEq(
            keccak256(abi.encode(work.terms)),
            keccak256(abi.encode(model.terms)),
            "32: a work's terms changed"
        );
        assertEq(work.latestVersion, model.contentHashes.length, "31: versions came or went");
        for (uint32 i; i < model.contentHashes.length; ++i) {
            assertEq(
                works.contentHashOf(workId, i + 1), model.contentHashes[i], "31: a version's content changed"
            );
        }
        assertEq(works.contentHashOf(workId, work.latestVersion + 1), 0, "31: a version nobody published");
        Parent[] memory parents = works.parentsOf(workId);
        assertEq(parents.length, model.parentIds.length, "32: parents came or went");
        for (uint256 i; i < parents.length; ++i) {
            assertEq(parents[i].workId, model.parentIds[i], "32: a parent changed");
            assertEq(parents[i].shareBps, model.parentShares[i], "32: a parent's share changed");
            assertEq(
                works.isParentConfirmed(workId, parents[i].workId),
                model.confirmed[i],
                "30: a confirmation changed"
            );
        }
    }

    function _checkOrders(address maker) internal view {
        assertEq(works.counterOf(maker), counters[maker], "19: a counter changed by itself");
        assertEq(works.grantsRevokedBefore(maker), revokedBefore[maker], "33: a revocation was taken back");
        for (uint256 i; i < NONCES; ++i) {
            uint256 nonce = _nonce(i);
            NonceModel storage model = nonces[maker][counters[maker]][nonce];
            assertEq(
                works.isNonceUsed(maker, nonce), model.isUsed, "18: a nonce came back, or went by itself"
            );
            assertEq(works.filledOf(maker, nonce), model.filled, "17: an order is filled by more or less");
        }
        for (uint256 i; i < MARKETPLACES; ++i) {
            assertEq(
                works.isApprovedForAll(maker, marketplaces[i].account),
                approved[maker][i],
                "22: an approval that its holder did not give"
            );
        }
        assertFalse(works.isApprovedForAll(maker, relayer), "22: a stranger is approved");
    }
}
