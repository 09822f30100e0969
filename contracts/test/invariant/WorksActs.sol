// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICatalogue} from "../../src/interfaces/ICatalogue.sol";
import {IParents} from "../../src/interfaces/IParents.sol";
import {Admission, Disclosure, Kind, Parent, Terms} from "../../src/Types.sol";
import {PolicyActs} from "./PolicyActs.sol";

/// @dev Creators make works and publish versions; holders revoke grants. The model keeps what each work was born with.
abstract contract WorksActs is PolicyActs {
    uint256 internal constant MAX_WORKS = 8;
    uint256 internal constant SALTS = 5;
    uint256 internal constant UNKNOWN_WORK = 12345;

    struct WorkModel {
        address creator;
        uint256 createdAtSeconds;
        uint256 minted;
        /// @dev What the protocol takes, and when that was announced.
        Announced fee;
        Terms terms;
        bytes32[] contentHashes;
        uint256[] parentIds;
        uint16[] parentShares;
        bool[] confirmed;
    }

    uint256[] internal workIds;
    mapping(uint256 workId => WorkModel) internal models;
    mapping(address holder => uint256) internal revokedBefore;

    /// @dev Called when a work comes to be: its list of operators begins.
    function _onCreated(uint256 workId, address[] memory admitted) internal virtual;

    // ------------------------------------------------------------------ acts

    /// @param cap Also decides openness and admission.
    /// @param price Also, by its lowest bits, the royalties.
    function createWork(uint256 who, uint256 salt, uint256 cap, uint256 price, uint256 lineage) external act {
        address creator = _person(who);
        bytes32 name = bytes32(salt % SALTS);
        Terms memory terms = _terms(cap, price);
        Parent[] memory parents = _parents(lineage);
        address[] memory admitted = _admitted(lineage >> 128);
        uint256 workId = works.workIdOf(creator, name);
        bool legal = _isCreatable(workId, terms, parents, admitted);
        if (legal && workIds.length == MAX_WORKS) return;
        bytes memory data = abi.encodeCall(
            ICatalogue.create, (name, terms, parents, admitted, keccak256(abi.encode(workId)))
        );
        bytes memory result = _attempt(creator, address(works), data, legal);
        if (!legal) return;
        assertEq(abi.decode(result, (uint256)), workId, "32: an id is not of creator and salt");
        _remember(workId, creator, terms, parents);
        _onCreated(workId, admitted);
    }

    function publishVersion(uint256 work, uint256 who, bytes32 contentHash) external act {
        uint256 workId = _work(work);
        address caller = who % 4 == 0 ? _person(who / 4) : models[workId].creator;
        bool legal = caller == models[workId].creator && contentHash != 0;
        if (legal && models[workId].contentHashes.length > 12) return;
        bytes memory data = abi.encodeCall(ICatalogue.publishVersion, (workId, contentHash));
        bytes memory result = _attempt(caller, address(works), data, legal);
        if (!legal) return;
        models[workId].contentHashes.push(contentHash);
        assertEq(
            abi.decode(result, (uint32)),
            models[workId].contentHashes.length,
            "31: versions do not rise by one"
        );
    }

    function confirmParent(uint256 child, uint256 parent, uint256 who) external act {
        uint256 childId = _work(child);
        WorkModel storage model = models[childId];
        uint256 index = model.parentIds.length == 0 ? 0 : parent % model.parentIds.length;
        uint256 parentId = model.parentIds.length == 0 ? _work(parent) : model.parentIds[index];
        address caller = who % 4 == 0 ? _person(who / 4) : models[parentId].creator;
        bool legal =
            model.parentIds.length != 0 && caller == models[parentId].creator && !model.confirmed[index];
        _attempt(caller, address(works), abi.encodeCall(IParents.confirmParent, (childId, parentId)), legal);
        if (legal) model.confirmed[index] = true;
    }

    function revokeGrantsBefore(uint256 who, uint256 atSeconds) external act {
        address holder = _person(who);
        // From 16 hours ago to 2 hours ahead.
        uint64 moment = uint64(nowSeconds + 2 hours - atSeconds % 18 hours);
        bool legal = moment <= nowSeconds && moment > revokedBefore[holder];
        _attempt(holder, address(works), abi.encodeCall(ICatalogue.revokeGrantsBefore, (moment)), legal);
        if (legal) revokedBefore[holder] = moment;
    }

    /// @dev Of several works, the same twice; now and then of none that exists.
    function adoptFee(uint256 who, uint256 work, uint256 count) external act {
        uint256[] memory ids = new uint256[](count % 4);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = _work((work >> (8 * i)) % 1000);
        }
        if (work % 16 == 0 && ids.length != 0) ids[0] = UNKNOWN_WORK;
        bool legal = ids.length == 0 || ids[0] != UNKNOWN_WORK;
        _attempt(_person(who), address(works), abi.encodeCall(works.adoptFee, (ids)), legal);
        if (!legal) return;
        for (uint256 i; i < ids.length; ++i) {
            _adopt(models[ids[i]]);
        }
    }

    // ------------------------------------------------------------------ model

    function _adopt(WorkModel storage model) private {
        _promote();
        model.fee = feeInForce;
        assertTrue(
            feeInForce.atSeconds == 0 || nowSeconds >= feeInForce.atSeconds + NOTICE,
            "20: a fee was adopted before its notice was over"
        );
    }

    function _feeOn(uint256 workId, uint256 amountAtomic) internal view returns (uint256) {
        return amountAtomic * models[workId].fee.feeBps / BPS;
    }

    function _work(uint256 work) internal view returns (uint256) {
        return workIds[work % workIds.length];
    }

    function _remember(uint256 workId, address creator, Terms memory terms, Parent[] memory parents) private {
        workIds.push(workId);
        WorkModel storage model = models[workId];
        (model.creator, model.createdAtSeconds, model.terms) = (creator, nowSeconds, terms);
        _adopt(model);
        model.contentHashes.push(keccak256(abi.encode(workId)));
        for (uint256 i; i < parents.length; ++i) {
            model.parentIds.push(parents[i].workId);
            model.parentShares.push(parents[i].shareBps);
            model.confirmed.push(false);
        }
    }

    function _isCreatable(
        uint256 workId,
        Terms memory terms,
        Parent[] memory parents,
        address[] memory admitted
    ) private view returns (bool) {
        if (models[workId].creator != address(0) || terms.editionCap == 0) {
            return false;
        }
        if (terms.resaleRoyaltyBps > 2500 || terms.usageRoyaltyBps > 5000 || parents.length > 4) {
            return false;
        }
        uint256 sumBps;
        for (uint256 i; i < parents.length; ++i) {
            if (models[parents[i].workId].creator == address(0) || parents[i].shareBps == 0) return false;
            for (uint256 j; j < i; ++j) {
                if (parents[i].workId == parents[j].workId) return false;
            }
            sumBps += parents[i].shareBps;
        }
        if (sumBps > 5000) return false;
        return terms.admission == Admission.Listed || admitted.length == 0;
    }

    /// @dev Now and then beyond the caps; prices from nothing to what a till cannot hold for long.
    function _terms(uint256 cap, uint256 price) private pure returns (Terms memory terms) {
        terms.kind = Kind(price % 2);
        terms.disclosure = cap % 4 == 0 ? Disclosure.Sealed : Disclosure.Openable;
        terms.admission = cap % 3 == 0 ? Admission.Bonded : Admission.Listed;
        terms.editionCap = uint32((cap >> 8) % (cap % 5 == 0 ? 8 : 400));
        terms.priceAtomic = price % 8 == 0 ? uint48(price >> 64) : uint48((price >> 64) % 30e6);
        terms.resaleRoyaltyBps = uint16((price >> 128) % 2600);
        terms.usageRoyaltyBps = uint16((price >> 144) % 5200);
        terms.maxTurnFeeAtomic = uint48(price >> 160);
        terms.maxInputPerMillionBytesAtomic = uint48(cap >> 64);
        terms.maxOutputPerMillionBytesAtomic = uint48(cap >> 112);
    }

    function _parents(uint256 lineage) private view returns (Parent[] memory parents) {
        if (workIds.length == 0) return parents;
        uint256 count = lineage % 8;
        parents = new Parent[](count > 5 ? 0 : count);
        for (uint256 i; i < parents.length; ++i) {
            // Neighbours, so that the same parent comes twice only where works are few.
            uint256 parentId = workIds[((lineage >> 8) + i) % workIds.length];
            parents[i] = Parent(parentId, uint16((lineage >> (16 + i * 16)) % 1400));
        }
        if (parents.length == 1 && lineage >> 250 == 0) parents[0].workId = lineage;
    }

    function _admitted(uint256 pick) private view returns (address[] memory admitted) {
        admitted = new address[](pick % 3);
        for (uint256 i; i < admitted.length; ++i) {
            admitted[i] = nodes[(pick / 3 + i) % OPERATORS];
        }
    }
}
