// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICatalogue} from "../src/interfaces/ICatalogue.sol";
import {Admission, Disclosure, Kind, Terms, Work} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev What a work is made with, what it keeps, and what its creator can still do. Parents are in Parents.t.sol.
contract CatalogueTest is Base {
    function test_works_fits_the_code_size_limit() public view {
        assertLt(address(works).code.length, 24_576);
    }

    // ------------------------------------------------------------------ construction

    function test_a_ledger_needs_money_treasury_and_policy() public {
        vm.expectRevert(Errors.Works_ZeroMoney.selector);
        deployWorks(address(0), address(operators), treasury, address(policy), "");
        vm.expectRevert(Errors.Works_ZeroTreasury.selector);
        deployWorks(address(money), address(operators), address(0), address(policy), "");
        vm.expectRevert(Errors.Works_ZeroPolicy.selector);
        deployWorks(address(money), address(operators), treasury, address(0), "");
    }

    // ------------------------------------------------------------------ ids

    function testFuzz_a_works_id_is_known_before_it_exists(address who, bytes32 salt) public {
        vm.assume(who != address(0));
        uint256 expected = uint256(keccak256(abi.encode(who, salt)));
        assertEq(works.workIdOf(who, salt), expected);
        assertEq(works.creatorOf(expected), address(0));
        vm.prank(who);
        assertEq(works.create(salt, defaultTerms(), noParents(), nobody(), CONTENT), expected);
        assertEq(works.creatorOf(expected), who);
    }

    function test_a_salt_serves_one_work_of_a_creator_and_others_may_use_it_too() public {
        uint256 workId = createWork();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_AlreadyCreated.selector, workId, creator.addr));
        createWork();
        vm.prank(stranger);
        assertNotEq(works.create("salt", defaultTerms(), noParents(), nobody(), CONTENT), workId);
    }

    // ------------------------------------------------------------------ what is kept

    function test_a_work_keeps_its_terms_and_says_so() public {
        Terms memory terms = defaultTerms();
        uint256 workId = works.workIdOf(creator.addr, "salt");
        vm.expectEmit(address(works));
        emit ICatalogue.WorkCreated(workId, creator.addr, terms, noParents(), listOf(node), CONTENT);
        vm.expectEmit(address(works));
        emit ICatalogue.VersionPublished(workId, 1, CONTENT);
        createWork("salt", terms, noParents(), listOf(node));

        Work memory work = works.work(workId);
        assertEq(work.creator, creator.addr);
        assertEq(abi.encode(work.terms), abi.encode(terms));
        assertEq(work.minted, 0);
        assertEq(work.latestVersion, 1);
        assertEq(work.createdAtSeconds, timeNow());
        assertEq(admissions.admittedOf(workId), listOf(node));
    }

    function testFuzz_every_word_of_the_terms_survives_packing(
        uint8[3] calldata choices,
        uint16[2] calldata royaltiesBps,
        uint48[4] calldata sums,
        uint32 editionCap
    ) public {
        Terms memory terms = Terms({
            kind: Kind(choices[0] % 2),
            disclosure: Disclosure(choices[1] % 2),
            admission: Admission(choices[2] % 2),
            editionCap: editionCap == 0 ? 1 : editionCap,
            priceAtomic: sums[0],
            resaleRoyaltyBps: royaltiesBps[0] % 2501,
            usageRoyaltyBps: royaltiesBps[1] % 5001,
            maxTurnFeeAtomic: sums[1],
            maxInputPerMillionBytesAtomic: sums[2],
            maxOutputPerMillionBytesAtomic: sums[3]
        });
        uint256 workId = createWork("salt", terms, noParents(), nobody());
        assertEq(abi.encode(works.work(workId).terms), abi.encode(terms));
    }

    function test_an_unknown_work_reads_as_zero() public view {
        assertEq(works.work(7).creator, address(0));
        assertEq(works.contentHashOf(7, 1), 0);
        assertEq(works.parentsOf(7).length, 0);
        assertFalse(admissions.admits(7, node));
    }

    // ------------------------------------------------------------------ limits

    function test_a_work_has_editions() public {
        Terms memory terms = defaultTerms();
        terms.editionCap = 0;
        vm.expectRevert(Errors.Works_ZeroEditionCap.selector);
        createWork("salt", terms, noParents(), nobody());
    }

    function test_royalties_have_caps() public {
        Terms memory terms = defaultTerms();
        terms.resaleRoyaltyBps = 2501;
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_RoyaltyTooHigh.selector, 2501, 2500));
        createWork("salt", terms, noParents(), nobody());
        terms.resaleRoyaltyBps = 2500;
        terms.usageRoyaltyBps = 5001;
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_RoyaltyTooHigh.selector, 5001, 5000));
        createWork("salt", terms, noParents(), nobody());
        terms.usageRoyaltyBps = 5000;
        createWork("salt", terms, noParents(), nobody());
        assertEq(works.MAX_RESALE_ROYALTY_BPS(), 2500);
        assertEq(works.MAX_USAGE_ROYALTY_BPS(), 5000);
    }

    function test_a_work_has_content() public {
        vm.expectRevert(Errors.Works_ZeroContentHash.selector);
        vm.prank(creator.addr);
        works.create("salt", defaultTerms(), noParents(), nobody(), 0);
    }

    // ------------------------------------------------------------------ versions

    function test_only_the_creator_publishes_versions_and_all_of_them_stay() public {
        uint256 workId = createWork();
        bytes32 second = keccak256("second");
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotCreator.selector, workId, stranger, creator.addr)
        );
        vm.prank(stranger);
        works.publishVersion(workId, second);

        vm.expectEmit(address(works));
        emit ICatalogue.VersionPublished(workId, 2, second);
        vm.prank(creator.addr);
        assertEq(works.publishVersion(workId, second), 2);
        assertEq(works.contentHashOf(workId, 1), CONTENT);
        assertEq(works.contentHashOf(workId, 2), second);
        assertEq(works.contentHashOf(workId, 0), 0);
        assertEq(works.contentHashOf(workId, 3), 0);
        assertEq(works.work(workId).latestVersion, 2);
    }

    function test_a_version_has_a_work_and_content() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, 7));
        works.publishVersion(7, CONTENT);
        uint256 workId = createWork();
        vm.expectRevert(Errors.Works_ZeroContentHash.selector);
        vm.prank(creator.addr);
        works.publishVersion(workId, 0);
    }

    // ------------------------------------------------------------------ grants

    function test_grants_are_revoked_only_ever_later_and_never_in_the_future() public {
        uint64 nowSeconds = uint64(timeNow());
        vm.startPrank(buyer.addr);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_RevocationInFuture.selector, nowSeconds + 1, nowSeconds)
        );
        works.revokeGrantsBefore(nowSeconds + 1);
        vm.expectEmit(address(works));
        emit ICatalogue.GrantsRevoked(buyer.addr, nowSeconds);
        works.revokeGrantsBefore(nowSeconds);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_RevocationNotLater.selector, nowSeconds, nowSeconds)
        );
        works.revokeGrantsBefore(nowSeconds);
        vm.stopPrank();
        assertEq(works.grantsRevokedBefore(buyer.addr), nowSeconds);
        assertEq(works.grantsRevokedBefore(seller.addr), 0);
    }
}
